//! Pages and orders of lists, as query parameters ask for them.

use std::ops::RangeInclusive;

use serde_json::{Value, json};

use crate::answer::{Answer, Failure};
use crate::request::RecordedRequest;

/// The part of `items` that `limit` and `offset` ask for.
pub(crate) fn page(request: &RecordedRequest, items: Vec<Value>) -> Result<Vec<Value>, Failure> {
    let limit = number(request, "limit", 10, 1..=500)?;
    let offset = number(request, "offset", 0, 0..=usize::MAX)?;
    Ok(items.into_iter().skip(offset).take(limit).collect())
}

/// The page as an object with the total.
pub(crate) fn listed(request: &RecordedRequest, items: Vec<Value>) -> Answer {
    let total = items.len();
    Ok(json!({ "data": page(request, items)?, "total_count": total }))
}

/// A number of the query, within its range.
pub(crate) fn number(
    request: &RecordedRequest,
    name: &str,
    default: usize,
    range: RangeInclusive<usize>,
) -> Result<usize, Failure> {
    let Some(text) = request.one(name) else {
        return Ok(default);
    };
    let number = text.parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| Failure::param("form_param_value_invalid", name, "this is out of range"))
}

/// Sorts objects by `order_by`, as in `-created_at`; newest first where nothing is asked for.
///
/// `fields` says what may be asked for, and the JSON pointer of its value. Where values are equal,
/// the order of making decides, so pages never overlap.
pub(crate) fn order(
    request: &RecordedRequest,
    items: &mut [Value],
    fields: &[(&str, &str)],
) -> Result<(), Failure> {
    let asked = request
        .one("order_by")
        .unwrap_or_else(|| "-created_at".to_owned());
    let (descending, name) = match asked.strip_prefix('-') {
        Some(name) => (true, name),
        None => (false, asked.strip_prefix('+').unwrap_or(&asked)),
    };
    let Some((_, pointer)) = fields.iter().find(|(field, _)| *field == name) else {
        let message = "nothing can be ordered by this";
        return Err(Failure::param(
            "form_param_value_invalid",
            "order_by",
            message,
        ));
    };
    items.sort_by_cached_key(|item| {
        let value = item.pointer(pointer).unwrap_or(&Value::Null);
        let text = value.as_str().unwrap_or_default().to_owned();
        (value.as_i64(), text)
    });
    if descending {
        items.reverse();
    }
    Ok(())
}
