//! Lists of any resource: filters, order, pages and totals.

mod candidates;
mod filter;
mod order;
mod page;

use serde_json::{Value, json};

use super::call::{Call, CallResult};
use super::rendering::render_as;
use super::resource::Resource;
use crate::document::object_shape::ResponseShape;
use crate::http::response::ErrorResponse;
use crate::store::record::Record;
use candidates::{by_age, candidates, index};
pub(crate) use filter::matches_search;
use filter::{filters, matches_path};
use order::{Order, sort};
use page::{Page, Selected};

/// Lists the records that belong to the objects that the path names, and that the query selects.
pub(crate) fn list(call: &Call<'_>, resource: &Resource) -> CallResult {
    Ok(render_page(
        call,
        resource,
        &select(call, resource, None, None)?,
    ))
}

/// Lists records like [`list`], without those for which `is_included` is false.
pub(crate) fn list_where(
    call: &Call<'_>,
    resource: &Resource,
    is_included: impl Fn(&Record) -> bool,
) -> CallResult {
    list_among(call, resource, None, is_included)
}

/// Lists records like [`list_where`]. If `ids` are given, only those records are looked at.
pub(crate) fn list_among(
    call: &Call<'_>,
    resource: &Resource,
    ids: Option<&[String]>,
    is_included: impl Fn(&Record) -> bool,
) -> CallResult {
    let selected = select(call, resource, ids, Some(&is_included))?;
    Ok(render_page(call, resource, &selected))
}

fn render_page(call: &Call<'_>, resource: &Resource, selected: &Selected<'_>) -> Value {
    let Some(ResponseShape::List { item, member }) = call.operation.shape() else {
        return Value::Null;
    };
    let items = selected.records.iter();
    let items = items.map(|it| render_as(call.instance, item, resource, it));
    list_response(call, *member, items.collect(), selected.total)
}

fn select<'c>(
    call: &'c Call<'_>,
    resource: &Resource,
    ids: Option<&[String]>,
    is_included: Option<&dyn Fn(&Record) -> bool>,
) -> Result<Selected<'c>, ErrorResponse> {
    let Some(ResponseShape::List { item, member: list }) = call.operation.shape() else {
        return Ok(Selected {
            records: Vec::new(),
            total: 0,
        });
    };
    let page = Page::new(call)?;
    let filters = filters(call, resource, item);
    let is_match = |record: &&'c Record| {
        is_included.is_none_or(|it| it(record))
            && matches_path(call, resource, record)
            && filters.iter().all(|it| it.matches(call, resource, record))
            && matches_search(call, resource, record)
    };
    let order = Order::new(call, resource)?;
    let index = index(call, resource, &filters);
    let all = match ids {
        Some(ids) if call.query("starting_after").is_none() => {
            by_age(call.instance.all(resource), ids, order.is_descending)
        }
        _ => candidates(call, resource, index.as_ref(), order.is_descending)?,
    };
    let selected = all.filter(is_match);
    if let Some(name) = order.member() {
        let mut records: Vec<&Record> = selected.collect();
        sort(call, resource, &mut records, name, order.is_descending);
        return Ok(page.of_all(records));
    }
    let conditions = usize::from(is_included.is_some()) + filters.len();
    let total = match list.is_some() || call.query_flag("paginated") {
        true => known_total(call, resource, index.as_ref(), conditions),
        false => Some(0),
    };
    Ok(match total {
        Some(total) => Selected {
            records: page.of(selected),
            total,
        },
        None => page.of_all(selected.collect()),
    })
}

/// Returns the number of selected records if it is known without looking at them. `conditions` is the number of conditions
/// besides those of the path and the search.
fn known_total(
    call: &Call<'_>,
    resource: &Resource,
    index: Option<&(&'static str, String)>,
    conditions: usize,
) -> Option<usize> {
    let path = call.path.iter();
    let parents = path.filter(|(name, _)| resource.indexed.contains(name));
    let conditions = conditions + parents.count() + usize::from(call.query("query").is_some());
    let collection = call.instance.all(resource);
    match index {
        None if conditions == 0 => Some(collection.len()),
        Some((member, value)) if conditions == 1 => Some(collection.count_with(member, value)),
        _ => None,
    }
}

/// Returns a list as the operation responds with it.
pub(crate) fn list_response(
    call: &Call<'_>,
    member: Option<&str>,
    items: Vec<Value>,
    total: usize,
) -> Value {
    match member {
        Some(name) => json!({ name: items, "total_count": total }),
        None if call.query_flag("paginated") => json!({ "data": items, "total_count": total }),
        None => Value::Array(items),
    }
}
