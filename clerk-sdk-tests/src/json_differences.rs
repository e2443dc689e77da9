//! Compares the JSON that was sent with the value that was decoded from it.

use serde_json::{Map, Value};

/// A field that no version of the API has. The SDK may ignore it.
pub const UNKNOWN_FIELD: &str = "unknown_to_this_version";

/// Describes each place where `decoded` lost or changed a part of `sent`, or contains something that was not sent.
///
/// Response types do not distinguish null from an absent field, and decode a missing required field as its default
/// value. They serialize a list without a total as an array, and `m2m_tokens` as `data`.
pub fn json_differences(sent: &Value, decoded: &Value) -> Vec<String> {
    let mut differences = Vec::new();
    compare_values("$", sent, decoded, &mut differences);
    differences
}

fn compare_values(path: &str, sent: &Value, decoded: &Value, differences: &mut Vec<String>) {
    let mut report = |difference: &str| differences.push(format!("{path}: {difference}"));
    match (sent, decoded) {
        (Value::Null, decoded) if is_default(decoded) => {}
        (Value::Object(sent), Value::Object(decoded)) => {
            compare_members(path, sent, decoded, differences);
        }
        (Value::Object(list), Value::Array(items)) if path == "$" => match list_items(list) {
            Some(sent) => compare_values(path, sent, decoded, differences),
            None if items.is_empty() => {}
            None => report("an object became an array"),
        },
        (Value::Array(sent), Value::Array(decoded)) if sent.len() == decoded.len() => {
            for (index, (sent, decoded)) in sent.iter().zip(decoded).enumerate() {
                compare_values(&format!("{path}[{index}]"), sent, decoded, differences);
            }
        }
        (Value::Number(sent), Value::Number(decoded)) if sent.as_f64() == decoded.as_f64() => {}
        (sent, decoded) if sent == decoded => {}
        (sent, decoded) => report(&format!("{sent} became {decoded}")),
    }
}

fn compare_members(
    path: &str,
    sent: &Map<String, Value>,
    decoded: &Map<String, Value>,
    differences: &mut Vec<String>,
) {
    for (name, value) in sent {
        let renamed = if name == "m2m_tokens" { "data" } else { name };
        match decoded.get(name).or_else(|| decoded.get(renamed)) {
            Some(decoded) => {
                compare_values(&format!("{path}.{name}"), value, decoded, differences);
            }
            None if value.is_null() || name == UNKNOWN_FIELD => {}
            None => differences.push(format!("{path}.{name}: {value} is missing")),
        }
    }
    for (name, value) in decoded {
        let was_sent = sent.contains_key(name) || name == "data" && sent.contains_key("m2m_tokens");
        if !was_sent && !is_default(value) {
            differences.push(format!("{path}.{name}: {value} was never sent"));
        }
    }
}

fn list_items(list: &Map<String, Value>) -> Option<&Value> {
    list.get("data").or_else(|| list.get("m2m_tokens"))
}

fn is_default(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(string) => string.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.values().all(is_default),
    }
}
