//! Checks the path of a request: literal segments, and the values of path parameters.

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::document::{OperationSpec, schema_violations};

pub(super) fn path_problems(
    operation: &OperationSpec,
    arguments: &Value,
    path: &str,
) -> Vec<String> {
    let mut problems = Vec::new();
    let template: Vec<&str> = operation.path.split('/').collect();
    let segments: Vec<&str> = path
        .strip_prefix("/v1")
        .unwrap_or(path)
        .split('/')
        .collect();
    if template.len() != segments.len() {
        return vec![format!("path: {path}, expected {}", operation.path)];
    }
    for (expected, segment) in template.into_iter().zip(segments) {
        let parameter = expected
            .strip_prefix('{')
            .and_then(|it| it.strip_suffix('}'));
        match parameter {
            Some(name) => problems.extend(parameter_problems(operation, arguments, name, segment)),
            None if expected == segment => {}
            None => problems.push(format!(
                "path: `{segment}` in {path}, expected `{expected}`"
            )),
        }
    }
    problems
}

fn parameter_problems(
    operation: &OperationSpec,
    arguments: &Value,
    name: &str,
    segment: &str,
) -> Vec<String> {
    let mut problems = Vec::new();
    let value = percent_decode_str(segment).decode_utf8_lossy();
    let argument = &arguments[name];
    if *argument != *value {
        problems.push(format!("path: {name} is {value}, expected {argument}"));
    }
    let parameter = operation.parameters.iter().find(|it| it.name == name);
    let violations = parameter.map(|it| schema_violations(&it.schema, &json!(value)));
    problems.extend(violations.into_iter().flatten());
    problems
}
