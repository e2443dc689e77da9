//! An action of an overlay: updates or removes what its target matches.

use std::cmp::Reverse;

use serde_json::Value;
use serde_json_path::JsonPath;

use super::property_cache::PropertyCache;
use crate::json_pointer::unescape;

/// An action of an overlay.
pub(crate) struct Action {
    pub(crate) target: String,
    pub(crate) path: JsonPath,
    /// The update, or `None` if the action removes what it matches.
    pub(super) update: Option<Value>,
}

impl Action {
    /// Parses an action. Returns `None` if it lacks a target, or what to do with it, which has been reported.
    pub(crate) fn parse(action: &Value) -> Option<Result<Self, String>> {
        let target = action["target"].as_str()?;
        let update = action.get("update").cloned();
        if update.is_none() && action["remove"] != true {
            return None;
        }
        let path = JsonPath::parse(target).map_err(|error| format!("`{target}`: {error}"));
        Some(path.map(|path| Self {
            target: target.to_owned(),
            path,
            update,
        }))
    }
}

/// Applies an action to the values at `pointers`, which its target matches. Returns the pointers of the values that it
/// updated, or why the action is stale.
pub(crate) fn apply_action(
    api: &mut Value,
    action: &Action,
    mut pointers: Vec<String>,
    properties: &mut PropertyCache,
) -> Result<Vec<String>, String> {
    let target = &action.target;
    if pointers.is_empty() {
        return Err(format!(
            "`{target}` matches nothing: the upstream document has changed, so update or remove this action"
        ));
    }
    let Some(update) = &action.update else {
        // Later siblings go first, so that the indices of the others stay valid.
        pointers.sort_by_cached_key(|pointer| Reverse(removal_key(pointer)));
        pointers.dedup();
        for pointer in &pointers {
            remove(api, pointer);
        }
        properties.clear();
        return Ok(Vec::new());
    };
    let mut messages = Vec::new();
    let mut moves_properties = has_properties(update);
    for pointer in &pointers {
        let Some(value) = api.pointer_mut(pointer) else {
            messages.push(format!(
                "`{target}` matches {pointer}, which this action itself replaces"
            ));
            continue;
        };
        let updated = match pointer.ends_with("/properties") {
            true => {
                moves_properties = true;
                add_properties(value, update)
                    .map_err(|message| format!("`{target}`, at {pointer}, {message}"))
            }
            false => merge(value, update)
                .map(|replaced| moves_properties |= replaced)
                .map_err(|kind| format!("`{target}` is {kind}, which cannot be updated")),
        };
        messages.extend(updated.err());
    }
    if moves_properties {
        properties.clear();
    }
    match messages.is_empty() {
        true => Ok(pointers),
        false => Err(messages.join("; ")),
    }
}

/// Returns a key that sorts the items of a list by their index.
fn removal_key(pointer: &str) -> Vec<String> {
    let segments = pointer.split('/');
    segments.map(|segment| format!("{segment:0>20}")).collect()
}

/// Adds the properties of `update` that an object lacks to its schema. Properties that it has are
/// not touched, so that a comparison of documents shows how upstream declares them.
fn add_properties(properties: &mut Value, update: &Value) -> Result<(), String> {
    let (Value::Object(properties), Value::Object(update)) = (properties, update) else {
        return Err("is updated with properties by name only".to_owned());
    };
    let mut existing = Vec::new();
    for (name, schema) in update {
        if properties.contains_key(name) {
            existing.push(format!("`{name}`"));
        } else {
            properties.insert(name.clone(), schema.clone());
        }
    }
    match existing.is_empty() {
        true => Ok(()),
        false => Err(format!(
            "has {} already: the upstream document has changed, so remove it from this action and move its description to the document's own property",
            existing.join(", ")
        )),
    }
}

fn remove(api: &mut Value, pointer: &str) {
    let (parent, name) = pointer.rsplit_once('/').unwrap_or(("", pointer));
    let name = unescape(name);
    match api.pointer_mut(parent) {
        Some(Value::Object(map)) => {
            map.remove(&name);
        }
        Some(Value::Array(list)) => {
            if let Some(index) = name.parse().ok().filter(|index| *index < list.len()) {
                list.remove(index);
            }
        }
        _ => {}
    }
}

/// Returns whether a value contains the properties of a schema.
fn has_properties(value: &Value) -> bool {
    match value {
        Value::Object(members) => {
            let mut members = members.iter();
            members.any(|(name, value)| name == "properties" || has_properties(value))
        }
        Value::Array(items) => items.iter().any(has_properties),
        _ => false,
    }
}

/// Merges as the Overlay specification requires: objects by key, arrays by appending. A key of
/// `update` replaces a scalar. Returns whether an object or an array was replaced.
fn merge(target: &mut Value, update: &Value) -> Result<bool, &'static str> {
    let mut replaced = false;
    match (target, update) {
        (Value::Object(object), Value::Object(update)) => {
            for (key, value) in update {
                let is_merged = |old: &Value| match old {
                    Value::Object(_) => value.is_object(),
                    Value::Array(_) => value.is_array(),
                    _ => false,
                };
                match object.get_mut(key) {
                    Some(old) if is_merged(old) => replaced |= merge(old, value)?,
                    _ => {
                        let old = object.insert(key.clone(), value.clone());
                        replaced |= old.is_some_and(|old| old.is_object() || old.is_array());
                    }
                }
            }
        }
        (Value::Array(list), Value::Array(update)) => list.extend(update.iter().cloned()),
        (Value::Array(list), update) => list.push(update.clone()),
        _ => return Err("a scalar"),
    }
    Ok(replaced)
}
