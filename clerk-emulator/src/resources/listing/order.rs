//! The order of a list.

use std::cmp::Reverse;

use serde_json::Value;

use crate::http::response::ErrorResponse;
use crate::resources::call::Call;
use crate::resources::rendering::member;
use crate::resources::resource::Resource;
use crate::store::record::Record;

/// The order that a query asks for. By default, the newest records come first.
pub(super) struct Order {
    name: String,
    pub(super) is_descending: bool,
}

impl Order {
    pub(super) fn new(call: &Call<'_>, resource: &Resource) -> Result<Self, ErrorResponse> {
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
    pub(super) fn member(&self) -> Option<&str> {
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

/// Sorts records by a member. Equal ones keep their order.
pub(super) fn sort(
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

/// Returns what values are sorted by: null first, then numbers, then strings without regard to case.
fn sort_key(value: &Value) -> (Option<i64>, Option<String>) {
    let text = value.as_str().map(str::to_lowercase);
    (value.as_i64(), text)
}
