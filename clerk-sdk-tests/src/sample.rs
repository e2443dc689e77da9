//! Answers for the operations that the emulator has no state for: samples that fit the document.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../spec/backend-api.json")).expect("it is vendored")
});

/// What the document has of deep nesting ends long before.
const DEEPEST: usize = 12;

/// A sample of what the operation at `path` answers; `None` where the document has none there.
pub(crate) fn answer(method: &str, path: &[&str]) -> Option<Value> {
    let operation = find(&method.to_lowercase(), path)?;
    let responses = operation["responses"].as_object()?;
    let (_, response) = responses
        .iter()
        .find(|(status, _)| status.starts_with('2'))?;
    let content = resolved(response)["content"].as_object();
    let schema = content
        .and_then(|it| it.values().next())
        .map(|it| &it["schema"]);
    Some(schema.map_or(Value::Null, |schema| sample(schema, "sample", 0)))
}

/// The operation whose template fits; one that has more words of the path itself comes first.
fn find(method: &str, path: &[&str]) -> Option<&'static Value> {
    let paths = DOCUMENT["paths"].as_object()?;
    let fitting = paths.iter().filter_map(|(template, item)| {
        let parts: Vec<&str> = template.split('/').skip(1).collect();
        let fits = |(part, segment): (&&str, &&str)| part.starts_with('{') || part == segment;
        let is_it = parts.len() == path.len() && parts.iter().zip(path).all(fits);
        let operation = item.get(method).filter(|_| is_it)?;
        Some((template.matches('{').count(), operation))
    });
    let (_, operation) = fitting.min_by_key(|(open, _)| *open)?;
    Some(operation)
}

fn resolved(value: &'static Value) -> &'static Value {
    let target = value["$ref"].as_str().and_then(|it| it.strip_prefix('#'));
    target
        .and_then(|pointer| DOCUMENT.pointer(pointer))
        .map_or(value, resolved)
}

/// A value of this schema; the texts in it are what they are called.
fn sample(schema: &'static Value, name: &str, depth: usize) -> Value {
    let schema = resolved(schema);
    if depth > DEEPEST {
        return Value::Null;
    }
    for keyword in ["oneOf", "anyOf"] {
        if let Some(shape) = schema[keyword]
            .get(0)
            .filter(|_| schema["properties"].is_null())
        {
            return sample(shape, name, depth);
        }
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let parts = parts.iter().map(|part| sample(part, name, depth));
        let members = parts.filter_map(|part| part.as_object().cloned()).flatten();
        return Value::Object(members.collect());
    }
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    match schema["type"].as_str() {
        Some("string") => text(schema, name),
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(1)),
        Some("boolean") => json!(true),
        Some("array") => json!([sample(&schema["items"], name, depth + 1)]),
        _ => object(schema, depth),
    }
}

fn text(schema: &Value, name: &str) -> Value {
    match schema["format"].as_str() {
        Some("date-time") => json!("2026-01-01T00:00:00Z"),
        _ => json!(name),
    }
}

fn object(schema: &'static Value, depth: usize) -> Value {
    let properties = schema["properties"].as_object().into_iter().flatten();
    let members = properties.map(|(name, schema)| (name.clone(), sample(schema, name, depth + 1)));
    Value::Object(members.collect::<Map<_, _>>())
}
