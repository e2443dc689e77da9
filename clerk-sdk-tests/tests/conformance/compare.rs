//! What of an answer is missing or changed once it was decoded and serialised again.

use serde_json::{Map, Value};

/// The places where `got` lost something of `sent`, or has what was never sent.
///
/// Null and absent are the same to an answer's types, and a required field that was not sent is there
/// with its default. A list without a total is written as an array, and `m2m_tokens` as `data`.
pub(crate) fn lost(sent: &Value, got: &Value) -> Vec<String> {
    let mut differences = Vec::new();
    compare("$", sent, got, &mut differences);
    differences
}

fn compare(place: &str, sent: &Value, got: &Value, differences: &mut Vec<String>) {
    let mut differ = |what: &str| differences.push(format!("{place}: {what}"));
    match (sent, got) {
        (Value::Null, got) if is_default(got) => {}
        (Value::Object(sent), Value::Object(got)) => members(place, sent, got, differences),
        (Value::Object(list), Value::Array(items)) if place == "$" => match data(list) {
            Some(data) => compare(place, data, got, differences),
            None if items.is_empty() => {}
            None => differ("an object became an array"),
        },
        (Value::Array(sent), Value::Array(got)) if sent.len() == got.len() => {
            for (index, (sent, got)) in sent.iter().zip(got).enumerate() {
                compare(&format!("{place}[{index}]"), sent, got, differences);
            }
        }
        (Value::Number(one), Value::Number(other)) if one.as_f64() == other.as_f64() => {}
        (sent, got) if sent == got => {}
        (sent, got) => differ(&format!("{sent} became {got}")),
    }
}

fn members(
    place: &str,
    sent: &Map<String, Value>,
    got: &Map<String, Value>,
    differences: &mut Vec<String>,
) {
    for (name, value) in sent {
        let renamed = if name == "m2m_tokens" { "data" } else { name };
        match got.get(name).or_else(|| got.get(renamed)) {
            Some(got) => compare(&format!("{place}.{name}"), value, got, differences),
            None if value.is_null() || name == UNKNOWN_FIELD => {}
            None => differences.push(format!("{place}.{name}: {value} is lost")),
        }
    }
    for (name, value) in got {
        let was_sent = sent.contains_key(name) || name == "data" && sent.contains_key("m2m_tokens");
        if !was_sent && !is_default(value) {
            differences.push(format!("{place}.{name}: {value} was never sent"));
        }
    }
}

/// The field that is added to objects: one that no version of the API will have.
pub(crate) const UNKNOWN_FIELD: &str = "unknown_to_this_version";

fn data(list: &Map<String, Value>) -> Option<&Value> {
    list.get("data").or_else(|| list.get("m2m_tokens"))
}

fn is_default(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(set) => !set,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.values().all(is_default),
    }
}
