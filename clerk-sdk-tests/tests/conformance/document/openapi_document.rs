//! The vendored OpenAPI document as JSON, addressed by JSON pointers.

use std::path::Path;
use std::sync::LazyLock;

use serde_json::{Map, Value};

/// The vendored document.
pub(crate) static DOCUMENT: LazyLock<OpenApiDocument> = LazyLock::new(OpenApiDocument::read);

/// An OpenAPI document.
pub(crate) struct OpenApiDocument {
    pub(crate) json: Value,
}

impl OpenApiDocument {
    fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec/backend-api.json");
        let json = std::fs::read_to_string(path).expect("the document exists");
        Self {
            json: serde_json::from_str(&json).expect("the document is JSON"),
        }
    }

    /// Returns the value at `pointer`.
    pub(crate) fn at(&self, pointer: &str) -> &Value {
        let found = self.json.pointer(pointer);
        found.unwrap_or_else(|| panic!("the document has no value at {pointer}"))
    }

    /// Returns the members of the object at `pointer`, or none if there is no object.
    pub(crate) fn members(&self, pointer: &str) -> Map<String, Value> {
        let found = self.json.pointer(pointer).and_then(Value::as_object);
        found.cloned().unwrap_or_default()
    }

    /// Follows `$ref`s, and returns the pointer of the value that they lead to.
    pub(crate) fn resolve(&self, pointer: &str) -> String {
        match self.at(pointer).get("$ref").and_then(Value::as_str) {
            Some(target) => self.resolve(target.strip_prefix('#').expect("a local reference")),
            None => pointer.to_owned(),
        }
    }
}
