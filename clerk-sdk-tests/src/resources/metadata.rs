//! Metadata: `PATCH` merges it, `PUT` replaces it.

use serde_json::{Map, Value};

use crate::http::body_fields::{Field, object};
use crate::resources::copy_fields::copy_non_null;
use crate::state::clock::now_ms;

/// The metadata fields of users.
pub(crate) const USER: [Field; 3] = [
    object("public_metadata"),
    object("private_metadata"),
    object("unsafe_metadata"),
];

/// The metadata fields of organizations and of memberships.
pub(crate) const ORGANIZATION: [Field; 2] = [object("public_metadata"), object("private_metadata")];

const NAMES: [&str; 3] = ["public_metadata", "private_metadata", "unsafe_metadata"];

/// Applies a `PATCH` or `PUT` request to the metadata of an object, and returns the updated object.
pub(crate) fn update(target: &mut Value, body: &Map<String, Value>, method: &str) -> Value {
    if method == "PUT" {
        replace(target, body);
    } else {
        for name in NAMES {
            if let Some(value) = body.get(name) {
                merge(&mut target[name], value);
            }
        }
    }
    target["updated_at"] = now_ms().into();
    target.clone()
}

/// Replaces the metadata fields that `body` has, and keeps the others.
pub(crate) fn replace(target: &mut Value, body: &Map<String, Value>) {
    copy_non_null(target, body, &NAMES);
}

/// Applies a JSON merge patch: objects are merged recursively, null removes a key, any other value replaces the old one.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(target) = target else {
        return;
    };
    for (key, value) in patch {
        if value.is_null() {
            target.remove(key);
        } else {
            merge(target.entry(key).or_insert(Value::Null), value);
        }
    }
}
