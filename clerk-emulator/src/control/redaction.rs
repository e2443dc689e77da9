//! Requests and events as JSON, without keys and passwords.

use serde_json::{Map, Value, json};

use crate::http::request::RecordedRequest;
use crate::redaction::{redact, redact_header, redact_query};
use crate::store::event::Event;

/// Bodies that are longer than this, in bytes, are left out.
const MAX_BODY: usize = 64 * 1024;

pub(super) fn request(request: &RecordedRequest) -> Value {
    let headers = request.headers.iter().map(|(name, value)| {
        let value = redact_header(name.as_str(), &String::from_utf8_lossy(value.as_bytes()));
        (name.to_string(), json!(value))
    });
    let body = match request.body.len() {
        0 => Value::Null,
        length if length > MAX_BODY => json!(format!("{length} bytes")),
        length => serde_json::from_slice(&request.body)
            .map_or_else(|_| json!(format!("{length} bytes")), redacted),
    };
    json!({
        "method": request.method,
        "path": request.path,
        "query": request.query.as_deref().map(redact_query),
        "headers": headers.collect::<Map<_, _>>(),
        "body": body,
    })
}

pub(super) fn event(event: Event) -> Value {
    json!({
        "message_id": event.message_id,
        "type": event.kind,
        "timestamp": event.timestamp,
        "body": redacted(event.body),
    })
}

/// Replaces all but the beginning and the end of a key.
pub(super) fn key(key: &str) -> String {
    let end: Vec<char> = key.chars().rev().take(3).collect();
    let beginning: String = key.chars().take("sk_test_".len()).collect();
    format!("{beginning}…{}", end.iter().rev().collect::<String>())
}

fn redacted(mut value: Value) -> Value {
    redact(&mut value);
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_recognizable_but_not_readable() {
        assert_eq!(key("sk_test_abcdefghij"), "sk_test_…hij");
    }
}
