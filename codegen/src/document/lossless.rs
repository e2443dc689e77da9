//! Checks that parsing kept every fact of the document.

use openapiv3::OpenAPI;
use serde_json::Value;

use crate::json_pointer::escape;
use crate::problem::{Problem, Problems};

/// Reports everything that the parser dropped: it would silently be missing from the SDK.
pub(super) fn check_lossless(value: &Value, openapi: &OpenAPI, file: &str) -> Result<(), Problems> {
    let kept = serde_json::to_value(openapi).expect("a parsed document serializes");
    let mut lost = Vec::new();
    collect_lost(value, &kept, &mut String::new(), &mut lost);
    let message = "this kind of schema is not supported: describe it differently in an overlay, or extend the generator";
    let problems = lost.into_iter();
    let problems = problems.map(|pointer| Problem::new(file, pointer, message));
    Problems::check(problems.collect(), ())
}

/// Collects the pointers of the values within `value` that are missing in `kept`, but not those within them.
fn collect_lost(value: &Value, kept: &Value, pointer: &mut String, lost: &mut Vec<String>) {
    let length = pointer.len();
    let mut compare = |name: &str, value: &Value, kept: Option<&Value>| {
        pointer.push('/');
        pointer.push_str(&escape(name));
        match kept {
            Some(kept) => collect_lost(value, kept, pointer, lost),
            None if is_default(name, value) => {}
            None => lost.push(pointer.clone()),
        }
        pointer.truncate(length);
    };
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                compare(name, value, kept.get(name));
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                compare(&index.to_string(), value, kept.get(index));
            }
        }
        _ => {}
    }
}

/// Returns whether a value means the same as its absence, in which case serialization omits it.
fn is_default(name: &str, value: &Value) -> bool {
    let empty = match value {
        Value::Bool(set) => !set,
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    };
    // An empty list of security requirements means that no key is needed, so it must not be dropped.
    empty && name != "security"
}
