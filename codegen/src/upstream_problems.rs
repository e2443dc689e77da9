//! Problems of an upstream document that are reported before it is reduced to its facts.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::json_pointer::escape;
use crate::problem::Problem;
use crate::settings::Root;

/// The methods of a path item; its other members are not operations.
const METHODS: [&str; 8] = [
    "delete", "get", "head", "options", "patch", "post", "put", "trace",
];

/// Returns what keeps a document from being one that code can be generated for.
pub(crate) fn format_problems(upstream: &Value, roots: &[Root], file: &str) -> Vec<Problem> {
    let problem = |pointer: &str, message: String| Problem::new(file, pointer, message);
    let version = upstream["openapi"].as_str().unwrap_or_default();
    let mut problems = Vec::new();
    if !version.starts_with("3.0.") {
        let message =
            format!("`openapi` is {version:?}, but only OpenAPI 3.0 documents are supported");
        problems.push(problem("/openapi", message));
    }
    for root in roots {
        let pointer = root.pointer();
        if !upstream.pointer(&pointer).is_some_and(Value::is_object) {
            let message = "the document does not have this part, which code is generated for: it may be truncated, or another document";
            problems.push(problem(&pointer, message.to_owned()));
        }
    }
    if !upstream["info"]["version"].is_string() {
        let message = "the version is not a string: quote it if it is a date";
        problems.push(problem("/info/version", message.to_owned()));
    }
    problems
}

/// Returns a problem for each operation without an id of its own.
pub(crate) fn operation_id_problems(upstream: &Value, file: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut seen: BTreeMap<&str, String> = BTreeMap::new();
    for (path, item) in upstream["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            if !METHODS.contains(&method.as_str()) {
                continue;
            }
            let pointer = format!("/paths/{}/{method}", escape(path));
            match operation["operationId"].as_str() {
                None => {
                    let message =
                        "the operation has no `operationId`, from which its name is derived";
                    problems.push(Problem::new(file, pointer, message));
                }
                Some(id) => {
                    if let Some(other) = seen.insert(id, pointer.clone()) {
                        let message = format!("the `operationId` {id} is also used by {other}");
                        problems.push(Problem::new(file, pointer, message));
                    }
                }
            }
        }
    }
    problems
}
