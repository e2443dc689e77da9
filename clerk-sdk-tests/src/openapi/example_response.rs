//! Example responses for the operations that the emulator keeps no state for.

use serde_json::{Map, Value, json};

use crate::openapi::document::{find_operation, resolve};

/// A limit on recursive schemas. No other schema of the document is nested as deeply.
const MAX_DEPTH: usize = 12;

/// Returns an example of the successful response to an operation; `None` if the document has no such operation or
/// response.
pub(crate) fn example_response(method: &str, path: &[&str]) -> Option<Value> {
    let operation = find_operation(&method.to_lowercase(), path)?;
    let responses = operation["responses"].as_object()?;
    let (_, response) = responses
        .iter()
        .find(|(status, _)| status.starts_with('2'))?;
    let content = resolve(response)["content"].as_object();
    let schema = content
        .and_then(|it| it.values().next())
        .map(|it| &it["schema"]);
    Some(schema.map_or(Value::Null, |schema| example(schema, "sample", 0)))
}

/// Returns a value that is valid under a schema. Its strings are the names of their fields.
fn example(schema: &'static Value, name: &str, depth: usize) -> Value {
    let schema = resolve(schema);
    if depth > MAX_DEPTH {
        return Value::Null;
    }
    for keyword in ["oneOf", "anyOf"] {
        if let Some(variant) = schema[keyword]
            .get(0)
            .filter(|_| schema["properties"].is_null())
        {
            return example(variant, name, depth);
        }
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let parts = parts.iter().map(|part| example(part, name, depth));
        let members = parts.filter_map(|part| part.as_object().cloned()).flatten();
        return Value::Object(members.collect());
    }
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    match schema["type"].as_str() {
        Some("string") => example_string(schema, name),
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(1)),
        Some("boolean") => json!(true),
        Some("array") => json!([example(&schema["items"], name, depth + 1)]),
        _ => example_object(schema, depth),
    }
}

fn example_string(schema: &Value, name: &str) -> Value {
    match schema["format"].as_str() {
        Some("date-time") => json!("2026-01-01T00:00:00Z"),
        _ => json!(name),
    }
}

fn example_object(schema: &'static Value, depth: usize) -> Value {
    let properties = schema["properties"].as_object().into_iter().flatten();
    let members = properties.map(|(name, schema)| (name.clone(), example(schema, name, depth + 1)));
    Value::Object(members.collect::<Map<_, _>>())
}
