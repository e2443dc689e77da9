//! What one key sees: users, organizations, memberships, in the order they were made.

use serde_json::{Map, Value};

use crate::answer::Failure;
use crate::ids::now;

/// The state behind a key.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) users: Vec<Value>,
    pub(crate) organizations: Vec<Value>,
    pub(crate) memberships: Vec<Value>,
}

/// The object with this id, to change.
pub(crate) fn find<'s>(
    items: &'s mut [Value],
    id: &str,
    what: &str,
) -> Result<&'s mut Value, Failure> {
    items
        .iter_mut()
        .find(|item| item["id"] == id)
        .ok_or_else(|| Failure::not_found(what))
}

/// Takes the object with this id out.
pub(crate) fn take(items: &mut Vec<Value>, id: &str, what: &str) -> Result<Value, Failure> {
    let place = items.iter().position(|item| item["id"] == id);
    place
        .map(|place| items.remove(place))
        .ok_or_else(|| Failure::not_found(what))
}

/// The answer to a deletion.
pub(crate) fn deleted(object: &str, id: &str) -> Value {
    serde_json::json!({ "object": object, "id": id, "deleted": true })
}

/// Writes what `change` has of `fields` into `object`; what it leaves out stays, null clears.
pub(crate) fn patch(object: &mut Value, change: &Map<String, Value>, fields: &[&str]) {
    for field in fields {
        if let Some(value) = change.get(*field) {
            object[*field] = value.clone();
        }
    }
    object["updated_at"] = now().into();
}

/// Merges metadata as the API does: deeply, and null removes a key.
pub(crate) fn merge(into: &mut Value, change: &Value) {
    let (Some(object), Some(change)) = (into.as_object_mut(), change.as_object()) else {
        *into = change.clone();
        return;
    };
    for (key, value) in change {
        if value.is_null() {
            object.remove(key);
        } else if value.is_object() && object.get(key).is_some_and(Value::is_object) {
            merge(&mut object[key], value);
        } else {
            object.insert(key.clone(), value.clone());
        }
    }
}

/// Merges or replaces the metadata of an object.
pub(crate) fn metadata(object: &mut Value, change: &Map<String, Value>, replace: bool) -> Value {
    for field in ["public_metadata", "private_metadata", "unsafe_metadata"] {
        match change.get(field) {
            None | Some(Value::Null) => {}
            Some(value) if replace => object[field] = value.clone(),
            Some(value) => merge(&mut object[field], value),
        }
    }
    object["updated_at"] = now().into();
    object.clone()
}
