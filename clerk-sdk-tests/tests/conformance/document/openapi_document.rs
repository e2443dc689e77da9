//! The vendored OpenAPI document as JSON, addressed by JSON pointers.

use std::path::Path;
use std::sync::LazyLock;

use serde_json::{Map, Value};

/// The vendored document.
pub(crate) static DOCUMENT: LazyLock<OpenApiDocument> = LazyLock::new(OpenApiDocument::read);

/// Variants of unions for which the SDK has no type, by the schema that they refer to.
const OMITTED_VARIANTS: [&str; 4] = [
    // The API publishes only public keys.
    "#/components/schemas/JWKS.ecdsa.PrivateKey",
    "#/components/schemas/JWKS.ed25519.PrivateKey",
    "#/components/schemas/JWKS.rsa.PrivateKey",
    "#/components/schemas/JWKS.symmetric.Key",
];

/// An OpenAPI document.
pub(crate) struct OpenApiDocument {
    pub(crate) json: Value,
}

impl OpenApiDocument {
    fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec/backend-api.json");
        let json = std::fs::read_to_string(path).expect("the document exists");
        let mut json = serde_json::from_str(&json).expect("the document is JSON");
        let removed = remove_omitted_variants(&mut json);
        assert_eq!(removed, OMITTED_VARIANTS.len(), "an entry is stale");
        Self { json }
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

/// Removes the [`OMITTED_VARIANTS`] from every union below `json`, and returns their number.
fn remove_omitted_variants(json: &mut Value) -> usize {
    match json {
        Value::Object(members) => {
            let is_kept = |variant: &Value| {
                let target = variant["$ref"].as_str().unwrap_or_default();
                !OMITTED_VARIANTS.contains(&target)
            };
            let variants = members.get_mut("oneOf").and_then(Value::as_array_mut);
            let removed = variants.map_or(0, |variants| {
                let count = variants.len();
                variants.retain(is_kept);
                count - variants.len()
            });
            let below = members.values_mut().map(remove_omitted_variants);
            removed + below.sum::<usize>()
        }
        Value::Array(items) => items.iter_mut().map(remove_omitted_variants).sum(),
        _ => 0,
    }
}
