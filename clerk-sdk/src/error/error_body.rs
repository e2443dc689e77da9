//! The JSON body of an error response, parsed as far as possible.

use serde_json::{Map, Value};

use crate::types::ErrorDetail;

/// The content of the body of an error response.
#[derive(Clone, Default)]
pub(super) struct ErrorBody {
    pub(super) errors: Vec<ErrorDetail>,
    pub(super) meta: Option<Map<String, Value>>,
    pub(super) trace_id: Option<String>,
}

impl ErrorBody {
    /// Reads each member on its own, so that a malformed one does not prevent the others from being read.
    pub(super) fn parse(body: &[u8]) -> Self {
        let Ok(Value::Object(mut body)) = serde_json::from_slice(body) else {
            return Self::default();
        };
        let errors = match body.remove("errors") {
            Some(Value::Array(errors)) => errors.into_iter().filter_map(parse_error).collect(),
            _ => Vec::new(),
        };
        Self {
            errors,
            meta: take_object(&mut body, "meta"),
            trace_id: take_string(&mut body, "clerk_trace_id"),
        }
    }
}

fn parse_error(error: Value) -> Option<ErrorDetail> {
    let Value::Object(mut error) = error else {
        return None;
    };
    Some(ErrorDetail {
        code: take_string(&mut error, "code").unwrap_or_default(),
        message: take_string(&mut error, "message").unwrap_or_default(),
        long_message: take_string(&mut error, "long_message").unwrap_or_default(),
        meta: take_object(&mut error, "meta"),
        ..ErrorDetail::default()
    })
}

fn take_string(object: &mut Map<String, Value>, name: &str) -> Option<String> {
    match object.remove(name) {
        Some(Value::String(value)) => Some(value),
        _ => None,
    }
}

fn take_object(object: &mut Map<String, Value>, name: &str) -> Option<Map<String, Value>> {
    match object.remove(name) {
        Some(Value::Object(value)) => Some(value),
        _ => None,
    }
}
