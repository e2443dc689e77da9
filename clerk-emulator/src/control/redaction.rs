//! Requests and events as JSON, without keys and passwords.

use serde_json::{Map, Value, json};

use crate::http::request::RecordedRequest;
use crate::store::event::Event;

const REDACTED: &str = "[redacted]";

/// Bodies that are longer than this, in bytes, are left out.
const MAX_BODY: usize = 64 * 1024;

pub(super) fn request(request: &RecordedRequest) -> Value {
    let headers = request.headers.iter().map(|(name, value)| {
        let value = match name.as_str() {
            "authorization" | "cookie" | "proxy-authorization" => REDACTED,
            _ => value.to_str().unwrap_or_default(),
        };
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
        "query": request.query,
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

/// Replaces the values that are secret.
fn redacted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.into_iter().map(|(name, value)| {
                let value = match is_secret_name(&name) && is_text_or_list(&value) {
                    true => json!(REDACTED),
                    false => redacted(value),
                };
                (name, value)
            });
            Value::Object(members.collect())
        }
        Value::Array(items) => items.into_iter().map(redacted).collect(),
        Value::String(text) if text.starts_with("sk_test_") || text.starts_with("sk_live_") => {
            json!(REDACTED)
        }
        other => other,
    }
}

fn is_text_or_list(value: &Value) -> bool {
    value.is_string() || value.is_array()
}

fn is_secret_name(name: &str) -> bool {
    let parts = ["password", "secret", "signing_key", "backup_codes"];
    parts.iter().any(|it| name.contains(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_replaced_at_any_depth() {
        let body = json!({
            "password": "hunter2", "password_enabled": true, "name": "sk_test_key",
            "nested": [{ "totp_secret": "abc", "username": "alice" }],
        });
        assert_eq!(
            redacted(body),
            json!({
                "password": REDACTED, "password_enabled": true, "name": REDACTED,
                "nested": [{ "totp_secret": REDACTED, "username": "alice" }],
            })
        );
    }

    #[test]
    fn keys_are_recognizable_but_not_readable() {
        assert_eq!(key("sk_test_abcdefghij"), "sk_test_…hij");
    }
}
