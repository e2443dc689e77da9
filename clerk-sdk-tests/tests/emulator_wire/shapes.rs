//! Whether JSON has the shape that the API's document gives it, to the letter: what is missing, null
//! or unknown there is wrong here.

use std::sync::LazyLock;

use serde_json::Value;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../spec/backend-api.json");
    let text = std::fs::read(path).expect("the document is there");
    serde_json::from_slice(&text).expect("it is JSON")
});

/// Panics with the place of the first misfit.
pub(crate) fn assert_shape(name: &str, value: &Value) {
    let schema = &DOCUMENT["components"]["schemas"][name];
    assert!(schema.is_object(), "the document has no {name}");
    if let Err(misfit) = fit(schema, value, name) {
        panic!("{misfit}: {value}");
    }
}

fn fit(schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let pointer = reference.trim_start_matches('#');
        let target = DOCUMENT.pointer(pointer).expect("references resolve");
        return fit(target, value, at);
    }
    if value.is_null() && schema["nullable"] == true {
        return Ok(());
    }
    for part in items(&schema["allOf"]) {
        fit(part, value, at)?;
    }
    if let Some(variants) = schema["oneOf"].as_array()
        && variants.iter().all(|it| fit(it, value, at).is_err())
    {
        return Err(format!("{at} is none of its variants"));
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
        return Err(format!("{at} is not what it should be"));
    }
    for (place, item) in items(value).enumerate() {
        fit(&schema["items"], item, &format!("{at}[{place}]"))?;
    }
    fit_fields(schema, value, at)
}

fn fit_fields(schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    let Some(fields) = value.as_object() else {
        return Ok(());
    };
    for name in items(&schema["required"]).filter_map(Value::as_str) {
        if !fields.contains_key(name) {
            return Err(format!("{at} has no {name}"));
        }
    }
    for (name, field) in fields {
        match schema["properties"].get(name) {
            Some(schema) => fit(schema, field, &format!("{at}.{name}"))?,
            None if schema["additionalProperties"] == false => {
                return Err(format!("{at}.{name} is unknown"));
            }
            None => {}
        }
    }
    Ok(())
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
