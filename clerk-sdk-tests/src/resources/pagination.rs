//! Pagination by the `limit` and `offset` parameters.

use serde_json::{Value, json};

use crate::http::query::number_in_range;
use crate::http::request::RecordedRequest;
use crate::http::response::{ErrorResponse, HandlerResult};

pub(crate) fn limit(request: &RecordedRequest) -> Result<usize, ErrorResponse> {
    number_in_range(request, "limit", 10, 1..=500)
}

pub(crate) fn offset(request: &RecordedRequest) -> Result<usize, ErrorResponse> {
    number_in_range(request, "offset", 0, 0..=usize::MAX)
}

/// Returns the requested page of `items`.
pub(crate) fn page(
    request: &RecordedRequest,
    items: Vec<Value>,
) -> Result<Vec<Value>, ErrorResponse> {
    let limit = limit(request)?;
    let offset = offset(request)?;
    Ok(items.into_iter().skip(offset).take(limit).collect())
}

/// Returns the requested page of `items`, in an object with the total count.
pub(crate) fn page_with_total(request: &RecordedRequest, items: Vec<Value>) -> HandlerResult {
    let total = items.len();
    Ok(json!({ "data": page(request, items)?, "total_count": total }))
}
