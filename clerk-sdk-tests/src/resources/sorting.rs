//! Sorting by the `order_by` parameter.

use serde_json::Value;

use crate::http::request::RecordedRequest;
use crate::http::response::ErrorResponse;

/// Sorts objects by the `order_by` parameter, such as `-created_at` for the newest first, which is the default.
///
/// `fields` lists the accepted names, each with the JSON pointer of its value. Objects with equal values are sorted by
/// creation, so that pages never overlap.
pub(crate) fn sort_by_query(
    request: &RecordedRequest,
    items: &mut [Value],
    fields: &[(&str, &str)],
) -> Result<(), ErrorResponse> {
    let order_by = request.query_value("order_by");
    let order_by = order_by.as_deref().unwrap_or("-created_at");
    let (is_descending, name) = match order_by.strip_prefix('-') {
        Some(name) => (true, name),
        None => (false, order_by.strip_prefix('+').unwrap_or(order_by)),
    };
    let Some((_, pointer)) = fields.iter().find(|(field, _)| *field == name) else {
        let (code, message) = ("form_param_value_invalid", "cannot sort by this field");
        return Err(ErrorResponse::param(code, "order_by", message));
    };
    items.sort_by_cached_key(|item| {
        let value = item.pointer(pointer).unwrap_or(&Value::Null);
        let string = value.as_str().unwrap_or_default().to_owned();
        (value.as_i64(), string)
    });
    if is_descending {
        items.reverse();
    }
    Ok(())
}
