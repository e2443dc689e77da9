//! Schemas: references, and objects that are composed of several schemas.

use serde_json::Value;

/// Follows references until one leads to a schema.
pub(crate) fn resolve(root: &'static Value, schema: &'static Value) -> &'static Value {
    let target = schema["$ref"].as_str().and_then(|it| it.strip_prefix('#'));
    let target = target.and_then(|pointer| root.pointer(pointer));
    target.map_or(schema, |it| resolve(root, it))
}

/// Returns the schemas that a schema consists of: those of `allOf`, and itself.
pub(crate) fn parts(root: &'static Value, schema: &'static Value) -> Vec<&'static Value> {
    let schema = resolve(root, schema);
    let all = schema["allOf"].as_array().into_iter().flatten();
    let mut all: Vec<&'static Value> = all.flat_map(|it| parts(root, it)).collect();
    all.push(schema);
    all
}

/// Returns the schemas of an object's properties by name, in the order of the document.
pub(crate) fn properties(
    root: &'static Value,
    schema: &'static Value,
) -> Vec<(&'static str, &'static Value)> {
    let mut found: Vec<(&'static str, &'static Value)> = Vec::new();
    for part in parts(root, schema) {
        for (name, property) in part["properties"].as_object().into_iter().flatten() {
            match found.iter_mut().find(|(known, _)| known == name) {
                Some(known) => known.1 = property,
                None => found.push((name, property)),
            }
        }
    }
    found
}

/// Returns the names of the properties that an object must have.
pub(crate) fn required(root: &'static Value, schema: &'static Value) -> Vec<&'static str> {
    let parts = parts(root, schema).into_iter();
    let required = parts.filter_map(|part| part["required"].as_array());
    required.flatten().filter_map(Value::as_str).collect()
}

/// Returns whether an object must have a property.
pub(crate) fn is_required(root: &'static Value, schema: &'static Value, name: &str) -> bool {
    required(root, schema).contains(&name)
}

/// Returns whether null is a value of a schema.
pub(crate) fn is_nullable(root: &'static Value, schema: &'static Value) -> bool {
    let resolved = resolve(root, schema);
    [schema, resolved].iter().any(|it| it["nullable"] == true)
        || resolved["enum"]
            .as_array()
            .is_some_and(|it| it.contains(&Value::Null))
}

/// Returns the type of a schema, such as `string`; that of a part if the schema has none.
pub(crate) fn type_of(root: &'static Value, schema: &'static Value) -> Option<&'static str> {
    let parts = parts(root, schema);
    let named = parts.iter().rev().find_map(|it| it["type"].as_str());
    let is_object = || parts.iter().any(|it| it["properties"].is_object());
    named.or_else(|| is_object().then_some("object"))
}
