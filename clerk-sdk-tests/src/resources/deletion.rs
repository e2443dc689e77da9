//! The object that the API returns for a deleted resource.

use serde_json::{Value, json};

pub(crate) fn deleted_object(object: &str, id: &str) -> Value {
    json!({ "object": object, "id": id, "deleted": true })
}
