//! Reading the members of an object.

use serde_json::Value;

pub(super) fn text<'v>(json: &'v Value, name: &str) -> Result<&'v str, String> {
    let value = json[name].as_str();
    value.ok_or_else(|| format!("{name:?} must be a string"))
}

/// Returns a member that is a string; nothing if it is absent or null.
pub(super) fn optional_text<'v>(json: &'v Value, name: &str) -> Result<Option<&'v str>, String> {
    match &json[name] {
        Value::Null => Ok(None),
        _ => text(json, name).map(Some),
    }
}

pub(super) fn number(json: &Value, name: &str) -> Result<u64, String> {
    let value = json[name].as_u64();
    value.ok_or_else(|| format!("{name:?} must be a positive integer"))
}

/// Rejects members that mean nothing, which are likely misspelt.
pub(super) fn only(json: &Value, names: &[&str]) -> Result<(), String> {
    let members = json.as_object().ok_or("the body must be an object")?;
    match members.keys().find(|it| !names.contains(&it.as_str())) {
        Some(name) => Err(format!("there is no member {name:?}")),
        None => Ok(()),
    }
}
