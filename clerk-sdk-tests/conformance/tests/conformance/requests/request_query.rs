//! Checks the query of a request: names, required parameters, values and the encoding of arrays.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::document::{DOCUMENT, OperationSpec, ParameterSpec, schema_violations};

pub(super) fn query_problems(
    operation: &OperationSpec,
    arguments: &Value,
    query: Option<&str>,
) -> Vec<String> {
    let mut problems = Vec::new();
    let mut pairs = parse_query(query.unwrap_or_default());
    let parameters = operation
        .parameters
        .iter()
        .filter(|it| it.location == "query");
    for parameter in parameters {
        let name = &parameter.name;
        let values = pairs.remove(name);
        let received = values.map(|values| parse_parameter(parameter, values));
        match (received, arguments.get(name)) {
            (None, None) if parameter.required => {
                problems.push(format!("query: {name} is required"));
            }
            (None, None) => {}
            (Some(Ok(received)), Some(argument)) if received == *argument => {
                problems.extend(schema_violations(&parameter.schema, &received));
            }
            (received, argument) => {
                problems.push(format!(
                    "query: {name}: {received:?}, expected {argument:?}"
                ));
            }
        }
    }
    if !pairs.is_empty() {
        problems.push(format!("query: not in the document: {pairs:?}"));
    }
    problems
}

/// Returns the values under each name.
fn parse_query(query: &str) -> BTreeMap<String, Vec<String>> {
    let mut pairs: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let decode = |encoded| {
        let decoded = percent_decode_str(encoded).decode_utf8_lossy();
        decoded.into_owned()
    };
    for pair in query.split('&').filter(|it| !it.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let values = pairs.entry(decode(name)).or_default();
        values.push(decode(value));
    }
    pairs
}

/// Converts the values under a parameter's name to the JSON that they encode.
fn parse_parameter(parameter: &ParameterSpec, mut values: Vec<String>) -> Result<Value, String> {
    let pointer = DOCUMENT.resolve(&parameter.schema);
    let schema = DOCUMENT.at(&pointer);
    if schema["type"] != "array" {
        return match &*values {
            [value] => parse_scalar(&schema["type"], value),
            _ => Err(format!("several values: {values:?}")),
        };
    }
    if !parameter.explode {
        if values.len() > 1 {
            return Err(format!("several pairs instead of one: {values:?}"));
        }
        values = values[0].split(',').map(str::to_owned).collect();
    }
    let item_type = &DOCUMENT.at(&DOCUMENT.resolve(&format!("{pointer}/items")))["type"];
    let items: Result<Vec<Value>, String> = values
        .iter()
        .map(|it| parse_scalar(item_type, it))
        .collect();
    items.map(Value::Array)
}

fn parse_scalar(schema_type: &Value, value: &str) -> Result<Value, String> {
    match schema_type.as_str() {
        Some("integer" | "number" | "boolean") => {
            serde_json::from_str(value).map_err(|error| format!("{value}: {error}"))
        }
        _ => Ok(json!(value)),
    }
}
