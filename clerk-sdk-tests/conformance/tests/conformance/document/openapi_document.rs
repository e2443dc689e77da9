//! The vendored OpenAPI document as JSON, addressed by JSON pointers.

use std::path::Path;
use std::sync::LazyLock;

use serde_json::{Map, Value};

/// The vendored document.
pub(crate) static DOCUMENT: LazyLock<OpenApiDocument> = LazyLock::new(OpenApiDocument::read);

/// The vendored document with the webhooks. The schemas that both documents have are those of this one.
pub(crate) static WEBHOOKS: LazyLock<OpenApiDocument> = LazyLock::new(|| {
    let mut json = read_json("../../spec/webhooks.json");
    correct_organization_of_invitations(&mut json);
    OpenApiDocument { json }
});

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
        let mut json = read_json("../../spec/backend-api.json");
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

fn read_json(path: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let json = std::fs::read_to_string(path).expect("the document exists");
    serde_json::from_str(&json).expect("the document is JSON")
}

/// The document declares the organization of an invitation within a member `data` of the data, as if it described the
/// whole event there. The SDK has it as a member of the data.
fn correct_organization_of_invitations(json: &mut Value) {
    let mut schemas: Vec<String> = ["created", "revoked"]
        .map(|kind| {
            format!(
                "/x-webhooks/organizationInvitation.{kind}/post/requestBody/content/application~1json/schema/allOf/1\
                 /properties/data"
            )
        })
        .to_vec();
    schemas.push("/components/schemas/OrganizationInvitationAcceptedPayload".to_owned());
    for schema in schemas {
        let part = json.pointer_mut(&format!("{schema}/allOf/1"));
        let part = part.expect("the entry is not stale");
        let nested = part["properties"]["data"]["properties"].take();
        let properties = part["properties"].as_object_mut().expect("an object");
        properties.remove("data").expect("the entry is not stale");
        properties.extend(nested.as_object().expect("the entry is not stale").clone());
        if let Some(required) = part.get_mut("required").and_then(Value::as_array_mut) {
            required.retain(|name| name != "data");
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
