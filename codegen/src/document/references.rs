//! References (`$ref`) of the raw document: whether they resolve to a component, and those with siblings.

use serde_json::{Map, Value};

use super::openapi_objects::{ObjectKind, visit_objects};
use crate::json_pointer::{escape, visit};
use crate::problem::{Problem, Problems};

/// Rewrites a reference with siblings, such as a description from an overlay, as `allOf` with that
/// reference: OpenAPI 3.0 ignores the siblings of a reference, and parsers drop them.
pub(super) fn wrap_references_with_siblings(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for child in map.values_mut() {
                wrap_references_with_siblings(child);
            }
            if map.len() > 1 && map.get("$ref").is_some_and(Value::is_string) {
                let reference = map.remove("$ref").expect("the line above found it");
                let reference = Map::from_iter([("$ref".to_owned(), reference)]);
                map.insert(
                    "allOf".to_owned(),
                    Value::Array(vec![Value::Object(reference)]),
                );
            }
        }
        Value::Array(list) => list.iter_mut().for_each(wrap_references_with_siblings),
        _ => {}
    }
}

/// Reports every reference that does not resolve, and those of the objects that the generator reads which do not name
/// a component. `file` is the path in the errors.
pub(crate) fn check_references(root: &Value, file: &str) -> Result<(), Problems> {
    let mut problems = component_name_problems(root, file);
    visit(root, &mut |pointer, value| {
        if let Some(reference) = reference(value)
            && resolve(root, reference).is_none()
        {
            let message = format!(
                "`$ref: {reference}` resolves to nothing in this document: correct the reference or add its target"
            );
            problems.push(Problem::new(file, pointer, message));
        }
    });
    visit_objects(root, &mut |kind, pointer, value| {
        if let Some(reference) = reference(value)
            && let Some(target) = resolve(root, reference)
            && let Err(message) = check_target(kind, reference, target)
        {
            problems.push(Problem::new(file, pointer, message));
        }
    });
    Problems::check(problems, ())
}

fn reference(value: &Value) -> Option<&str> {
    value.get("$ref")?.as_str()
}

fn resolve<'d>(root: &'d Value, reference: &str) -> Option<&'d Value> {
    root.pointer(reference.strip_prefix('#')?)
}

/// Checks that a reference names a component of the kind of object that is expected in its place.
fn check_target(kind: ObjectKind, reference: &str, target: &Value) -> Result<(), String> {
    let Some(section) = kind.component_section() else {
        return Ok(());
    };
    let prefix = format!("#/components/{section}/");
    let name = reference.strip_prefix(&prefix);
    if name.is_none_or(|name| name.contains('/')) {
        return Err(format!(
            "`$ref: {reference}` is not supported here, because it does not have the form `{prefix}<name>`: make its target a component, or replace the reference with a copy of its target in an overlay"
        ));
    }
    // Schemas can be an alias of another, and `check_cycles` makes sure that they end.
    if kind != ObjectKind::Schema && self::reference(target).is_some() {
        return Err(format!(
            "`$ref: {reference}` is a reference to a reference, which is not supported: refer to the final target"
        ));
    }
    Ok(())
}

/// Reports components whose names OpenAPI does not allow. References would have to escape them, and `names.toml` gives
/// a meaning to the slash.
fn component_name_problems(root: &Value, file: &str) -> Vec<Problem> {
    let is_allowed = |it: char| it.is_ascii_alphanumeric() || ".-_".contains(it);
    let sections = root["components"].as_object().into_iter().flatten();
    let names = sections.flat_map(|(section, components)| {
        let components = components.as_object().into_iter().flatten();
        components.map(move |(name, _)| (section, name))
    });
    let names = names.filter(|(section, name)| {
        !section.starts_with("x-") && (name.is_empty() || !name.chars().all(is_allowed))
    });
    let problems = names.map(|(section, name)| {
        let pointer = format!("/components/{section}/{}", escape(name));
        let message =
            "the name of a component can only have letters, digits, `.`, `-` and `_`: rename it";
        Problem::new(file, pointer, message)
    });
    problems.collect()
}
