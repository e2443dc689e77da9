//! References (`$ref`) of the raw document: whether they resolve, and those with siblings.

use serde_json::{Map, Value};

use crate::json_pointer::visit;
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

/// Reports every reference that does not point into the document. `file` is the path in the errors.
pub(crate) fn check_references(root: &Value, file: &str) -> Result<(), Problems> {
    let mut problems = Vec::new();
    visit(root, &mut |pointer, value| {
        let Some(Value::String(reference)) = value.get("$ref") else {
            return;
        };
        let target = reference
            .strip_prefix('#')
            .and_then(|pointer| root.pointer(pointer));
        if target.is_none() {
            let message = format!(
                "`$ref: {reference}` resolves to nothing in this document: correct the reference or add its target"
            );
            problems.push(Problem::new(file, pointer, message));
        }
    });
    Problems::check(problems, ())
}
