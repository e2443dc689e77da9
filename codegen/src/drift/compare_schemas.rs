//! Compares two schemas. A schema that both refer to by name is compared once, as a component.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::describe_schema::describe_schema;
use super::difference::{Differences, Location};
use super::json_document::display_value;
use super::unwrapped_schema::Unwrapped;
use crate::json_pointer::escape;

type Members = Map<String, Value>;

/// Keywords that affect the documentation of a type, but not the type itself.
const CONSTRAINTS: [&str; 12] = [
    "default",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "pattern",
    "readOnly",
    "uniqueItems",
];

pub(super) fn compare_schemas(
    old: &Value,
    new: &Value,
    location: &Location,
    differences: &mut Differences,
) {
    if old == new {
        return;
    }
    let (was, is) = (Unwrapped::from(old), Unwrapped::from(new));
    if was.nullable != is.nullable {
        let detail = if is.nullable {
            "null is now allowed"
        } else {
            "null is no longer allowed"
        };
        let detail = detail.to_owned();
        differences.changed("nullability", location, detail);
    }
    compare_deprecation(old, new, location, differences);
    let references = (was.schema["$ref"].as_str(), is.schema["$ref"].as_str());
    if references != (None, None) {
        if references.0 != references.1 {
            let detail = transition(&describe_schema(was.schema), &describe_schema(is.schema));
            differences.changed("type", location, detail);
        }
        return;
    }
    let location = &match is.wrapper {
        Some(wrapper) => location.child(wrapper),
        None => location.clone(),
    };
    match (was.schema.as_object(), is.schema.as_object()) {
        (Some(was), Some(is)) => compare_keywords(was, is, location, differences),
        _ => {
            let detail = "a schema was added or removed".to_owned();
            differences.changed("type", location, detail);
        }
    }
}

/// Compares the `deprecated` keyword of two schemas, parameters or operations.
pub(super) fn compare_deprecation(
    old: &Value,
    new: &Value,
    location: &Location,
    differences: &mut Differences,
) {
    let (was, is) = (old["deprecated"] == true, new["deprecated"] == true);
    if was != is {
        let detail = if is {
            "now deprecated"
        } else {
            "no longer deprecated"
        };
        differences.added_or_removed("deprecation", is, location, detail.to_owned());
    }
}

fn compare_keywords(
    old: &Members,
    new: &Members,
    location: &Location,
    differences: &mut Differences,
) {
    let describe = |schema: &Members| describe_schema(&Value::Object(schema.clone()));
    let is_enum = |schema: &Members| schema.contains_key("enum");
    if old.get("type") != new.get("type") || is_enum(old) != is_enum(new) {
        let detail = transition(&describe(old), &describe(new));
        differences.changed("type", location, detail);
        return;
    }
    if old.get("format") != new.get("format") {
        let detail = transition(&describe(old), &describe(new));
        differences.changed("format", location, detail);
    }
    compare_constraints(old, new, location, differences);
    compare_enum_values(old, new, location, differences);
    compare_properties(old, new, location, differences);
    for keyword in ["items", "additionalProperties"] {
        compare_subschema(keyword, old, new, location, differences);
    }
    for (keyword, subject) in [
        ("oneOf", "union member"),
        ("anyOf", "union member"),
        ("allOf", "allOf member"),
    ] {
        compare_schema_list((keyword, subject), old, new, location, differences);
    }
    if old.get("discriminator") != new.get("discriminator") {
        let detail = "its property or its mapping is different".to_owned();
        differences.changed("discriminator", location, detail);
    }
}

fn compare_constraints(
    old: &Members,
    new: &Members,
    location: &Location,
    differences: &mut Differences,
) {
    for keyword in CONSTRAINTS {
        let (was, is) = (old.get(keyword), new.get(keyword));
        if was != is {
            let change = transition(&display_value(was), &display_value(is));
            let detail = format!("`{keyword}`: {change}");
            differences.changed("constraint", location, detail);
        }
    }
}

fn compare_enum_values(
    old: &Members,
    new: &Members,
    location: &Location,
    differences: &mut Differences,
) {
    let values = |schema: &Members| -> BTreeSet<String> {
        let values = schema.get("enum").and_then(Value::as_array);
        let string = |value: &Value| value.as_str().map_or(value.to_string(), str::to_owned);
        values.into_iter().flatten().map(string).collect()
    };
    let (was, is) = (values(old), values(new));
    for value in was.symmetric_difference(&is) {
        differences.enum_value(value, is.contains(value), location);
    }
}

fn compare_properties(
    old: &Members,
    new: &Members,
    location: &Location,
    differences: &mut Differences,
) {
    let none = Map::new();
    let properties = |schema| properties(schema).unwrap_or(&none);
    let (was, is) = (properties(old), properties(new));
    let names: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
    for name in names {
        let location = location.child(&format!("properties/{}", escape(name)));
        match (was.get(name), is.get(name)) {
            (Some(old_property), Some(new_property)) => {
                let (was, is) = (is_required(old, name), is_required(new, name));
                compare_required(was, is, &location, differences);
                compare_schemas(old_property, new_property, &location, differences);
            }
            (Some(removed), None) => {
                let detail = format!("`{name}`, {}", describe_schema(removed));
                differences.removed("field", &location, detail);
            }
            (None, Some(added)) => {
                let required = if is_required(new, name) {
                    ", required"
                } else {
                    ""
                };
                let detail = format!("`{name}`, {}{required}", describe_schema(added));
                differences.added("field", &location, detail);
            }
            (None, None) => {}
        }
    }
}

/// Compares whether a field or a parameter is required.
pub(super) fn compare_required(
    was: bool,
    is: bool,
    location: &Location,
    differences: &mut Differences,
) {
    if was != is {
        let detail = if is { "now required" } else { "now optional" };
        let detail = detail.to_owned();
        differences.changed("optionality", location, detail);
    }
}

/// Compares the schema of array items or of additional properties.
fn compare_subschema(
    keyword: &str,
    old: &Members,
    new: &Members,
    location: &Location,
    differences: &mut Differences,
) {
    // `additionalProperties` may be a boolean, which has no effect on the types.
    let (was, is) = (old.get(keyword), new.get(keyword));
    match (
        was.filter(|it| it.is_object()),
        is.filter(|it| it.is_object()),
    ) {
        (Some(was), Some(is)) => compare_schemas(was, is, &location.child(keyword), differences),
        (None, None) => {}
        _ => {
            let detail = format!("`{keyword}` was added or removed");
            differences.changed("type", location, detail);
        }
    }
}

/// Compares the schemas of `oneOf`, `anyOf` or `allOf`: references by name, inline schemas by
/// position.
fn compare_schema_list(
    (keyword, subject): (&str, &'static str),
    old: &Members,
    new: &Members,
    location: &Location,
    differences: &mut Differences,
) {
    let list = |schema: &Members| -> Vec<Value> {
        let list = schema.get(keyword).and_then(Value::as_array);
        list.cloned().unwrap_or_default()
    };
    let (was, is) = (list(old), list(new));
    let (old_names, new_names) = (referenced_names(&was), referenced_names(&is));
    for name in old_names.symmetric_difference(&new_names) {
        let is_added = new_names.contains(name);
        differences.added_or_removed(subject, is_added, location, name.clone());
    }
    let (was, is) = (inline_schemas(&was), inline_schemas(&is));
    for ((_, old), (index, new)) in was.iter().zip(&is) {
        let location = location.child(&format!("{keyword}/{index}"));
        compare_schemas(old, new, &location, differences);
    }
    let detail = |index: usize| format!("the inline schema at index {index}");
    for (index, _) in is.iter().skip(was.len()) {
        differences.added_or_removed(subject, true, location, detail(*index));
    }
    for (index, _) in was.iter().skip(is.len()) {
        differences.added_or_removed(subject, false, location, detail(*index));
    }
}

fn referenced_names(schemas: &[Value]) -> BTreeSet<String> {
    let references = schemas.iter().filter(|it| it["$ref"].is_string());
    references.map(describe_schema).collect()
}

fn inline_schemas(schemas: &[Value]) -> Vec<(usize, &Value)> {
    let schemas = schemas.iter().enumerate();
    schemas.filter(|(_, it)| !it["$ref"].is_string()).collect()
}

fn properties(schema: &Members) -> Option<&Members> {
    schema.get("properties").and_then(Value::as_object)
}

fn is_required(schema: &Members, name: &str) -> bool {
    let names = schema.get("required").and_then(Value::as_array);
    names.is_some_and(|names| names.iter().any(|it| it == name))
}

/// Formats a change from one value to another.
fn transition(was: &str, is: &str) -> String {
    format!("{was} → {is}")
}
