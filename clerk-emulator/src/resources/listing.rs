//! Lists of any resource: filters, order, pages and totals.

use std::cmp::Reverse;

use serde_json::{Value, json};

use super::call::{Call, CallResult};
use super::rendering::{member, render_as};
use super::resource::Resource;
use crate::document::object_shape::{ObjectShape, ResponseShape};
use crate::http::query::{matches_signed, number_in_range};
use crate::http::response::ErrorResponse;
use crate::store::collection::Collection;
use crate::store::record::Record;

/// The parameters of lists that are not filters by a member.
const PAGING: [&str; 6] = [
    "limit",
    "offset",
    "order_by",
    "paginated",
    "query",
    "starting_after",
];

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

/// The records of a page, and the number of those on all pages; 0 if the response does not have it.
struct Selected<'r> {
    records: Vec<&'r Record>,
    total: usize,
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
    if let Some(name) = order.member(resource) {
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

/// Sorts records by a member. Equal ones keep their order.
fn sort(
    call: &Call<'_>,
    resource: &Resource,
    records: &mut [&Record],
    name: &str,
    is_descending: bool,
) {
    let key = |record: &&Record| sort_key(&member(call.instance, resource, record, name));
    match is_descending {
        true => records.sort_by_cached_key(|it| Reverse(key(it))),
        false => records.sort_by_cached_key(key),
    }
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

/// Returns an indexed member that all selected records have, with its value: one that the path or a filter names.
fn index(
    call: &Call<'_>,
    resource: &Resource,
    filters: &[Filter],
) -> Option<(&'static str, String)> {
    let path = call.path.iter().map(|(name, value)| (*name, value.clone()));
    let filters = filters
        .iter()
        .filter_map(|filter| match &filter.values[..] {
            [value] if !value.starts_with('-') => {
                Some((filter.member, value.trim_start_matches('+').to_owned()))
            }
            _ => None,
        });
    path.chain(filters)
        .find(|(name, _)| resource.indexed.contains(name))
}

/// Returns the records among which those of a list are, in order of their age.
fn candidates<'c>(
    call: &'c Call<'_>,
    resource: &Resource,
    index: Option<&(&'static str, String)>,
    newest_first: bool,
) -> Result<Box<dyn Iterator<Item = &'c Record> + 'c>, ErrorResponse> {
    let collection = call.instance.all(resource);
    Ok(match (call.query("starting_after"), index) {
        (Some(id), _) => {
            let rest = collection.continue_after(&id, newest_first);
            rest.ok_or_else(|| unknown_cursor(&id))?
        }
        (None, Some((member, value))) if newest_first => {
            Box::new(collection.with(member, value).rev())
        }
        (None, Some((member, value))) => Box::new(collection.with(member, value)),
        (None, None) if newest_first => Box::new(collection.newest_first()),
        (None, None) => Box::new(collection.oldest_first()),
    })
}

/// Returns the records with these ids in the order of their age.
fn by_age<'c>(
    collection: &'c Collection,
    ids: &[String],
    newest_first: bool,
) -> Box<dyn Iterator<Item = &'c Record> + 'c> {
    let mut records: Vec<&Record> = ids.iter().filter_map(|it| collection.get(it)).collect();
    records.sort_by_key(|it| it.created_at);
    match newest_first {
        true => Box::new(records.into_iter().rev()),
        false => Box::new(records.into_iter()),
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

/// The page that a query asks for.
struct Page {
    limit: usize,
    offset: usize,
}

impl Page {
    fn new(call: &Call<'_>) -> Result<Self, ErrorResponse> {
        Ok(Self {
            limit: number_in_range(call.request, "limit", 10, 1..=500)?,
            offset: number_in_range(call.request, "offset", 0, 0..=usize::MAX)?,
        })
    }

    fn of<'r>(&self, records: impl Iterator<Item = &'r Record>) -> Vec<&'r Record> {
        records.skip(self.offset).take(self.limit).collect()
    }

    /// Returns the page of all selected records.
    fn of_all<'r>(&self, records: Vec<&'r Record>) -> Selected<'r> {
        let total = records.len();
        Selected {
            records: self.of(records.into_iter()),
            total,
        }
    }
}

/// The order that a query asks for. By default, the newest records come first.
struct Order {
    name: String,
    is_descending: bool,
}

impl Order {
    fn new(call: &Call<'_>, resource: &Resource) -> Result<Self, ErrorResponse> {
        let order_by = call.query("order_by").unwrap_or_default();
        // A plus sign that is not percent-encoded is a space.
        let order_by = match order_by.trim() {
            "" => default_order(call, resource),
            given => given,
        };
        let (name, is_descending) = match order_by.strip_prefix('-') {
            Some(name) => (name, true),
            None => (order_by.strip_prefix('+').unwrap_or(order_by), false),
        };
        if name != "created_at" && call.query("starting_after").is_some() {
            let message = "A list with a cursor must be sorted by created_at.";
            let code = "form_param_value_invalid";
            return Err(ErrorResponse::param(code, "starting_after", message));
        }
        Ok(Self {
            name: name.to_owned(),
            is_descending,
        })
    }

    /// Returns the member to sort by; nothing if it is the time of creation.
    fn member(&self, _resource: &Resource) -> Option<&str> {
        (self.name != "created_at").then_some(&self.name)
    }
}

/// Returns the order that the document gives a list by default.
fn default_order<'c>(call: &'c Call<'_>, resource: &Resource) -> &'c str {
    let mut parameters = call.operation.query.iter();
    let order_by = parameters.find(|it| it.name == "order_by");
    let default = order_by.and_then(|it| it.schema["default"].as_str());
    default.unwrap_or(resource.order)
}

fn unknown_cursor(id: &str) -> ErrorResponse {
    let message = format!("The list has no item with the id {id:?}.");
    ErrorResponse::param("form_param_value_invalid", "starting_after", message)
}

/// Returns what values are sorted by: null first, then numbers, then strings without regard to case.
fn sort_key(value: &Value) -> (Option<i64>, Option<String>) {
    let text = value.as_str().map(str::to_lowercase);
    (value.as_i64(), text)
}

/// A filter by the values of a member.
struct Filter {
    member: &'static str,
    values: Vec<String>,
}

/// Returns the filters of a query: its parameters that are members of the items, too.
fn filters(call: &Call<'_>, resource: &Resource, item: &ObjectShape) -> Vec<Filter> {
    let parameters = call.operation.query.iter();
    let not_filters = |name| PAGING.contains(&name) || resource.not_filters.contains(&name);
    let parameters = parameters.filter(|it| !not_filters(it.name));
    let filters = parameters.filter_map(|parameter| {
        let member = item.member(parameter.name)?.name;
        let values = call.request.query_values(parameter.name);
        let values = values.iter().flat_map(|it| it.split(','));
        let values: Vec<String> = values.map(|it| it.trim().to_owned()).collect();
        (!values.is_empty()).then_some(Filter { member, values })
    });
    filters.collect()
}

impl Filter {
    fn matches(&self, call: &Call<'_>, resource: &Resource, record: &Record) -> bool {
        let value = member(call.instance, resource, record, self.member);
        let text = match &value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        matches_signed(&self.values, |it| it == text)
    }
}

fn matches_path(call: &Call<'_>, resource: &Resource, record: &Record) -> bool {
    let mut parents = call.path.iter();
    parents.all(|(name, value)| !resource.indexed.contains(name) || record.str(name) == value)
}

/// Returns whether a record has the text that the query asks for, in its id or in a searched member.
pub(crate) fn matches_search(call: &Call<'_>, resource: &Resource, record: &Record) -> bool {
    let Some(text) = call.query("query").filter(|it| !it.is_empty()) else {
        return true;
    };
    let text = text.to_lowercase();
    let mut searched = resource.searched.iter();
    *record.id == *text
        || record.id.eq_ignore_ascii_case(&text)
        || searched.any(|name| {
            let value = member(call.instance, resource, record, name);
            value
                .as_str()
                .is_some_and(|it| it.to_lowercase().contains(&text))
        })
}
