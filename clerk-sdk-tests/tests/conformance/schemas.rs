//! The document's schemas as JSON Schema, to check what arrives against.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::{Registry, Validator};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use crate::spec::SPEC;

const NAME: &str = "urn:document";

static REGISTRY: LazyLock<Registry<'static>> = LazyLock::new(|| {
    let document = as_json_schema(&SPEC.document);
    let registry = Registry::new().add(NAME, document);
    let registry = registry.expect("the document can be a resource");
    registry
        .prepare()
        .expect("the document's references resolve")
});

/// Made once each: one takes longer to make than to use.
static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// What of `value` breaks the schema at `pointer`.
pub(crate) fn violations(pointer: &str, value: &Value) -> Vec<String> {
    let mut validators = VALIDATORS.lock().expect("nothing panics here");
    let validator = validators
        .entry(pointer.to_owned())
        .or_insert_with(|| Arc::new(validator(pointer)))
        .clone();
    drop(validators);
    validator
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

fn validator(pointer: &str) -> Validator {
    let escaped = pointer.split('/').map(|segment| {
        let segment = segment.replace("~1", "\u{1}").replace("~0", "\u{0}");
        let segment = utf8_percent_encode(&segment, NON_ALPHANUMERIC).to_string();
        segment.replace("%01", "~1").replace("%00", "~0")
    });
    let fragment: Vec<String> = escaped.collect();
    let schema = json!({"$ref": format!("{NAME}#{}", fragment.join("/"))});
    let options = jsonschema::options().with_registry(&REGISTRY);
    let validator = options.should_validate_formats(true).build(&schema);
    validator.unwrap_or_else(|error| panic!("{pointer}: {error}"))
}

/// OpenAPI 3.0 writes "or null" and exclusive limits in its own way.
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
