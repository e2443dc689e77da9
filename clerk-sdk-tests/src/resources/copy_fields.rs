//! Copies fields of a request body to an object.

use serde_json::{Map, Value};

use crate::http::timestamp::parse_timestamp;

/// Copies the fields that `body` has; null clears a field.
pub(crate) fn copy_fields(object: &mut Value, body: &Map<String, Value>, names: &[&str]) {
    for name in names {
        if let Some(value) = body.get(*name) {
            object[*name] = value.clone();
        }
    }
}

/// Copies the fields that `body` has; null keeps the old value, for fields that are never null in responses.
pub(crate) fn copy_non_null(object: &mut Value, body: &Map<String, Value>, names: &[&str]) {
    for name in names {
        if let Some(value) = body.get(*name).filter(|value| !value.is_null()) {
            object[*name] = value.clone();
        }
    }
}

/// Copies timestamps, converting them from RFC 3339 strings to milliseconds.
pub(crate) fn copy_timestamps(object: &mut Value, body: &Map<String, Value>, names: &[&str]) {
    for name in names {
        if let Some(time) = body.get(*name).and_then(parse_timestamp) {
            object[*name] = time.into();
        }
    }
}
