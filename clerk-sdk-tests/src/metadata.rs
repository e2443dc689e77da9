//! Metadata: merged by `PATCH`, replaced by `PUT`.

use serde_json::{Map, Value};

use crate::fields::{Field, copy_values, object};
use crate::ids::now;

/// The metadata that a user has; organizations and memberships have the first two.
pub(crate) const USER: [Field; 3] = [
    object("public_metadata"),
    object("private_metadata"),
    object("unsafe_metadata"),
];

/// The metadata that organizations and memberships have.
pub(crate) const ORGANIZATION: [Field; 2] = [object("public_metadata"), object("private_metadata")];

const NAMES: [&str; 3] = ["public_metadata", "private_metadata", "unsafe_metadata"];

/// What a `PATCH` or a `PUT` does to an object's metadata.
pub(crate) fn change(target: &mut Value, body: &Map<String, Value>, method: &str) -> Value {
    if method == "PUT" {
        replace(target, body);
    } else {
        for name in NAMES {
            if let Some(value) = body.get(name) {
                merge(&mut target[name], value);
            }
        }
    }
    target["updated_at"] = now().into();
    target.clone()
}

/// Replaces what `body` has; what it leaves out stays.
pub(crate) fn replace(target: &mut Value, body: &Map<String, Value>) {
    copy_values(target, body, &NAMES);
}

/// Objects merge at every depth and null removes a key; anything else replaces.
fn merge(target: &mut Value, change: &Value) {
    let Value::Object(change) = change else {
        *target = change.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(target) = target else {
        return;
    };
    for (key, value) in change {
        if value.is_null() {
            target.remove(key);
        } else {
            merge(target.entry(key).or_insert(Value::Null), value);
        }
    }
}
