//! Validates JSON against a schema of the document, with a JSON Schema validator.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::{Registry, Validator};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::openapi_document::DOCUMENT;

const DOCUMENT_URI: &str = "urn:document";

static REGISTRY: LazyLock<Registry<'static>> = LazyLock::new(|| {
    let document = as_json_schema(&DOCUMENT.json);
    let registry = Registry::new().add(DOCUMENT_URI, document);
    let registry = registry.expect("the document is a valid resource");
    registry
        .prepare()
        .expect("the document's references resolve")
});

/// The validators by schema pointer. Building a validator takes longer than using it.
static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// Returns each way in which `value` violates the schema at `pointer`.
pub(crate) fn schema_violations(pointer: &str, value: &Value) -> Vec<String> {
    let mut validators = VALIDATORS.lock().expect("the lock is not poisoned");
    let validator = validators
        .entry(pointer.to_owned())
        .or_insert_with(|| Arc::new(build_validator(pointer)))
        .clone();
    drop(validators);
    validator
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

fn build_validator(pointer: &str) -> Validator {
    let escaped = pointer.split('/').map(|segment| {
        let segment = segment.replace("~1", "\u{1}").replace("~0", "\u{0}");
        let segment = utf8_percent_encode(&segment, NON_ALPHANUMERIC).to_string();
        segment.replace("%01", "~1").replace("%00", "~0")
    });
    let fragment: Vec<String> = escaped.collect();
    let schema = json!({"$ref": format!("{DOCUMENT_URI}#{}", fragment.join("/"))});
    let options = jsonschema::options().with_registry(&REGISTRY);
    let validator = options.should_validate_formats(true).build(&schema);
    validator.unwrap_or_else(|error| panic!("{pointer}: {error}"))
}

/// Converts OpenAPI 3.0 schemas to JSON Schema, which expresses `nullable` and exclusive limits differently.
fn as_json_schema(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Map<String, Value> = members
                .iter()
                .map(|(name, value)| (name.clone(), as_json_schema(value)))
                .collect();
            for (exclusive, limit) in [
                ("exclusiveMinimum", "minimum"),
                ("exclusiveMaximum", "maximum"),
            ] {
                if members.get(exclusive) == Some(&json!(true))
                    && let Some(value) = members.remove(limit)
                {
                    members.insert(exclusive.to_owned(), value);
                }
            }
            if members.get("nullable") == Some(&json!(true)) {
                members.remove("nullable");
                return json!({"anyOf": [{"type": "null"}, members]});
            }
            Value::Object(members)
        }
        Value::Array(items) => Value::Array(items.iter().map(as_json_schema).collect()),
        value => value.clone(),
    }
}
