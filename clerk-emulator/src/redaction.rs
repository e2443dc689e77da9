//! Redaction: nothing that gives access to something is shown.

use serde_json::Value;

use crate::http::path::percent_decode;

const REDACTED: &str = "[redacted]";

/// A member or a parameter is secret if its name contains one of these.
const SECRET_NAMES: &[&str] = &[
    "api_key",
    "authorization",
    "backup_codes",
    "cookie",
    "jwt",
    "password",
    "private_key",
    "secret",
    "signing_key",
    "ticket",
    "token",
];

/// Values that begin with one of these are secret, whatever their names.
const SECRET_PREFIXES: &[&str] = &["sk_test_", "sk_live_", "whsec_", "eyJ"];

/// Redacts the secrets of a JSON value. Only strings are secret: numbers and booleans say that there is one.
pub(crate) fn redact(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match is_secret_name(name) {
                    true => redact_all(member),
                    false => redact(member),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(redact),
        Value::String(text) if is_secret_value(text) => REDACTED.clone_into(text),
        _ => {}
    }
}

/// Redacts the value of a secret member. One that is an object describes a secret, so its own members decide.
fn redact_all(value: &mut Value) {
    match value {
        Value::Object(_) => redact(value),
        Value::Array(items) => items.iter_mut().for_each(redact_all),
        Value::String(text) => REDACTED.clone_into(text),
        _ => {}
    }
}

/// Returns a query with the values of its secret parameters redacted.
pub(crate) fn redact_query(query: &str) -> String {
    let parameters = query.split('&').map(|parameter| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let is_secret = is_secret_name(&percent_decode(name).unwrap_or_default())
            || is_secret_value(&percent_decode(value).unwrap_or_default());
        match is_secret {
            true => format!("{name}={REDACTED}"),
            false => parameter.to_owned(),
        }
    });
    let parameters: Vec<String> = parameters.collect();
    parameters.join("&")
}

pub(crate) fn redact_header(name: &str, value: &str) -> String {
    match is_secret_name(name) || is_secret_value(value) {
        true => REDACTED.to_owned(),
        false => value.to_owned(),
    }
}

fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('-', "_");
    let is_reference = name.ends_with("_id") || name.ends_with("_type") || name == "object";
    !is_reference && SECRET_NAMES.iter().any(|secret| name.contains(secret))
}

fn is_secret_value(value: &str) -> bool {
    let is_secret = |prefix: &&str| value.starts_with(*prefix);
    SECRET_PREFIXES.iter().any(is_secret) || value.contains("ticket=")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_redacted_and_the_rest_is_not() {
        let mut value = json!({
            "id": "user_1",
            "password": "correct horse",
            "password_enabled": true,
            "totp_secret": "ABC",
            "backup_codes": ["one", "two"],
            "token_type": "opaque",
            "nested": [{ "secret": "ak_1", "name": "key" }, "eyJhbGciOi.x.y", "sk_test_emulator"],
            "api_key": { "secret_key": "x", "name": "y" },
            "url": "https://clerk.example/v1/tickets/accept?ticket=abc",
        });
        redact(&mut value);
        let expected = json!({
            "id": "user_1",
            "password": REDACTED,
            "password_enabled": true,
            "totp_secret": REDACTED,
            "backup_codes": [REDACTED, REDACTED],
            "token_type": "opaque",
            "nested": [{ "secret": REDACTED, "name": "key" }, REDACTED, REDACTED],
            "api_key": { "secret_key": REDACTED, "name": "y" },
            "url": REDACTED,
        });
        assert_eq!(value, expected);
    }

    #[test]
    fn queries_and_headers_are_redacted() {
        assert_eq!(
            redact_query("limit=5&to%6ben=abc&x=sk_test_a&y"),
            "limit=5&to%6ben=[redacted]&x=[redacted]&y"
        );
        assert_eq!(redact_query(""), "");
        assert_eq!(redact_header("authorization", "Bearer x"), REDACTED);
        assert_eq!(redact_header("x-api-key", "x"), REDACTED);
        assert_eq!(redact_header("accept", "*/*"), "*/*");
    }
}
