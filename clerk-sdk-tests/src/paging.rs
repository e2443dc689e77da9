//! Pages of a list, as query parameters ask for them.

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

fn number(
    request: &RecordedRequest,
    name: &str,
    default: usize,
    range: std::ops::RangeInclusive<usize>,
) -> Result<usize, Failure> {
    let Some(text) = request.one(name) else {
        return Ok(default);
    };
    let number = text.parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| Failure::param("form_param_value_invalid", name, "out of range"))
}

/// Sorts objects by `order_by`, as in `-created_at`; newest first where nothing is asked for.
pub(crate) fn order(request: &RecordedRequest, items: &mut [Value]) {
    let asked = request
        .one("order_by")
        .unwrap_or_else(|| "-created_at".to_owned());
    let (descending, field) = match asked.strip_prefix('-') {
        Some(field) => (true, field),
        None => (false, asked.trim_start_matches('+')),
    };
    // Ids break ties: they rise with time.
    let key = |item: &Value| {
        let text = item[field].as_str().unwrap_or_default().to_owned();
        let id = item["id"].as_str().unwrap_or_default().to_owned();
        (item[field].as_i64(), text, id)
    };
    items.sort_by_key(key);
    if descending {
        items.reverse();
    }
}
