//! Lists of any resource: filters, order, pages and totals.

use std::cmp::Ordering;

use serde_json::{Value, json};

use super::call::{Call, CallResult};
use super::rendering::{member, render_as};
use super::resource::Resource;
use crate::document::object_shape::{ObjectShape, ResponseShape};
use crate::http::query::{matches_signed, number_in_range};
use crate::http::response::ErrorResponse;
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
pub(crate) fn list(call: &mut Call<'_>, resource: &Resource) -> CallResult {
    list_where(call, resource, |_| true)
}

/// Lists records like [`list`], without those for which `is_included` is false.
pub(crate) fn list_where(
    call: &mut Call<'_>,
    resource: &Resource,
    is_included: impl Fn(&Record) -> bool,
) -> CallResult {
    let Some(ResponseShape::List { item, member: list }) = call.operation.shape() else {
        return Ok(Value::Null);
    };
    let page = Page::new(call)?;
    let filters = filters(call, item);
    let is_included = |record: &&Record| {
        is_included(record)
            && matches_path(call, resource, record)
            && filters.iter().all(|it| it.matches(call, resource, record))
            && matches_search(call, resource, record)
    };
    let order = Order::new(call)?;
    let collection = call.instance.all(resource);
    let (items, total) = if let Some(name) = order.member(resource) {
        let mut records: Vec<&Record> = collection.oldest_first().filter(is_included).collect();
        records.sort_by(|one, other| {
            let values = [one, other].map(|it| member(call.instance, resource, it, name));
            compare(&values[0], &values[1])
        });
        if order.is_descending {
            records.reverse();
        }
        let total = records.len();
        (page.of(records.into_iter()), total)
    } else {
        let all: Box<dyn Iterator<Item = &Record>> = match call.query("starting_after") {
            Some(id) => {
                let rest = collection.continue_after(&id, order.is_descending);
                rest.ok_or_else(|| unknown_cursor(&id))?
            }
            None if order.is_descending => Box::new(collection.newest_first()),
            None => Box::new(collection.oldest_first()),
        };
        let needs_total = list.is_some() || call.query_flag("paginated");
        let is_filtered =
            !filters.is_empty() || !call.path.is_empty() || call.query("query").is_some();
        match needs_total {
            false => (page.of(all.filter(is_included)), 0),
            true if !is_filtered => (page.of(all.filter(is_included)), collection.len()),
            true => {
                let records: Vec<&Record> = all.filter(is_included).collect();
                let total = records.len();
                (page.of(records.into_iter()), total)
            }
        }
    };
    let items = items.into_iter();
    let items = items.map(|it| render_as(call.instance, item, resource, it));
    Ok(list_response(call, *list, items.collect(), total))
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
}

/// The order that a query asks for. By default, the newest records come first.
struct Order {
    name: String,
    is_descending: bool,
}

impl Order {
    fn new(call: &Call<'_>) -> Result<Self, ErrorResponse> {
        let order_by = call.query("order_by").unwrap_or_default();
        let order_by = match order_by.as_str() {
            "" => "-created_at",
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

fn unknown_cursor(id: &str) -> ErrorResponse {
    let message = format!("The list has no item with the id {id:?}.");
    ErrorResponse::param("form_param_value_invalid", "starting_after", message)
}

/// Orders values: null first, then numbers, then strings without regard to case.
fn compare(one: &Value, other: &Value) -> Ordering {
    let key = |value: &Value| {
        let text = value.as_str().map(str::to_lowercase);
        (value.as_i64(), text)
    };
    key(one).cmp(&key(other))
}

/// A filter by the values of a member.
struct Filter {
    member: &'static str,
    values: Vec<String>,
}

/// Returns the filters of a query: its parameters that are members of the items, too.
fn filters(call: &Call<'_>, item: &ObjectShape) -> Vec<Filter> {
    let parameters = call.operation.query.iter();
    let parameters = parameters.filter(|it| !PAGING.contains(&it.name));
    let filters = parameters.filter_map(|parameter| {
        let member = item.member(parameter.name)?.name;
        let values = call.request.query_values(parameter.name);
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
fn matches_search(call: &Call<'_>, resource: &Resource, record: &Record) -> bool {
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
