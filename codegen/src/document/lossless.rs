//! Checks that parsing kept every fact of the document.

use openapiv3::OpenAPI;
use serde_json::Value;

use crate::json_pointer::visit;
use crate::problem::{Problem, Problems};

/// Reports everything that the parser dropped: it would silently be missing from the SDK.
pub(super) fn check_lossless(value: &Value, openapi: &OpenAPI, file: &str) -> Result<(), Problems> {
    let kept = serde_json::to_value(openapi).expect("a parsed document serializes");
    let mut problems = Vec::new();
    visit(value, &mut |pointer, value| {
        let lost = kept.pointer(pointer).is_none();
        // If the parent was dropped too, only the parent is reported.
        let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
        if lost && kept.pointer(parent).is_some() && !is_default(pointer, value) {
            let message = "this kind of schema is not supported: describe it differently in an overlay, or extend the generator";
            problems.push(Problem::new(file, pointer, message));
        }
    });
    Problems::check(problems, ())
}

/// Returns whether a value means the same as its absence, in which case serialization omits it.
fn is_default(pointer: &str, value: &Value) -> bool {
    let empty = match value {
        Value::Bool(set) => !set,
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    };
    // An empty list of security requirements means that no key is needed, so it must not be dropped.
    empty && !pointer.ends_with("/security")
}
