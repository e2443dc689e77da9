//! Strict validation of JSON against a schema of the OpenAPI document: no field may be missing, unknown or wrongly null.

use std::sync::LazyLock;

use serde_json::Value;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../spec/backend-api.json");
    let json = std::fs::read(path).expect("the document exists");
    serde_json::from_slice(&json).expect("the document is JSON")
});

/// # Panics
///
/// Panics with the path of the first mismatch.
pub(crate) fn assert_matches_schema(name: &str, value: &Value) {
    let schema = &DOCUMENT["components"]["schemas"][name];
    assert!(schema.is_object(), "the document has no schema {name}");
    if let Err(mismatch) = validate(schema, value, name) {
        panic!("{mismatch}: {value}");
    }
}

fn validate(schema: &Value, value: &Value, path: &str) -> Result<(), String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let pointer = reference.trim_start_matches('#');
        let target = DOCUMENT.pointer(pointer).expect("references resolve");
        return validate(target, value, path);
    }
    if value.is_null() && schema["nullable"] == true {
        return Ok(());
    }
    for part in items(&schema["allOf"]) {
        validate(part, value, path)?;
    }
    if let Some(variants) = schema["oneOf"].as_array()
        && variants
            .iter()
            .all(|variant| validate(variant, value, path).is_err())
    {
        return Err(format!("{path} matches none of its variants"));
    }
    let is_known = schema["enum"].is_null() || items(&schema["enum"]).any(|it| it == value);
    let has_type = match schema["type"].as_str() {
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64(),
        Some("boolean") => value.is_boolean(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        _ => true,
    };
    if !(is_known && has_type) {
        return Err(format!("{path} has the wrong type or an unknown value"));
    }
    for (index, item) in items(value).enumerate() {
        validate(&schema["items"], item, &format!("{path}[{index}]"))?;
    }
    validate_fields(schema, value, path)
}

fn validate_fields(schema: &Value, value: &Value, path: &str) -> Result<(), String> {
    let Some(fields) = value.as_object() else {
        return Ok(());
    };
    for name in items(&schema["required"]).filter_map(Value::as_str) {
        if !fields.contains_key(name) {
            return Err(format!("{path} has no field {name}"));
        }
    }
    for (name, field) in fields {
        match schema["properties"].get(name) {
            Some(schema) => validate(schema, field, &format!("{path}.{name}"))?,
            None if schema["additionalProperties"] == false => {
                return Err(format!("{path}.{name} is unknown"));
            }
            None => {}
        }
    }
    Ok(())
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
