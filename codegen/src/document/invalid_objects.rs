//! Finds the objects of a document that the parser rejects. The parser itself reports neither their place nor, for
//! most mistakes, their kind.

use openapiv3::{MediaType, Operation, Parameter, ReferenceOr, RequestBody, Response, Schema, Tag};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::openapi_objects::{ObjectKind, visit_objects};
use crate::problem::Problem;

/// Returns a problem for each object that is invalid by itself, regardless of the objects in it.
pub(super) fn invalid_objects(document: &Value, file: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    visit_objects(document, &mut |kind, pointer, value| {
        if let Err(error) = parse_alone(kind, value) {
            let message = format!(
                "this is not a valid {kind:?} object of OpenAPI 3.0 ({error}): correct it with an overlay"
            );
            problems.push(Problem::new(file, pointer, message));
        }
    });
    problems
}

/// Parses an object without the objects in it.
fn parse_alone(kind: ObjectKind, value: &Value) -> Result<(), serde_json::Error> {
    let value = match value {
        Value::Object(members) => Value::Object(without_children(kind, members)),
        other => other.clone(),
    };
    match kind {
        ObjectKind::Operation => parse::<Operation>(value),
        ObjectKind::Parameter => parse::<ReferenceOr<Parameter>>(value),
        ObjectKind::RequestBody => parse::<ReferenceOr<RequestBody>>(value),
        ObjectKind::Response => parse::<ReferenceOr<Response>>(value),
        ObjectKind::MediaType => parse::<MediaType>(value),
        ObjectKind::Schema => parse::<ReferenceOr<Schema>>(value),
        ObjectKind::Tag => parse::<Tag>(value),
        ObjectKind::PathItem | ObjectKind::Components => parse::<Map<String, Value>>(value),
        ObjectKind::Document | ObjectKind::Header => Ok(()),
    }
}

fn parse<T: DeserializeOwned>(value: Value) -> Result<(), serde_json::Error> {
    serde_json::from_value::<T>(value).map(drop)
}

/// Empties the members that contain other objects. Members of the wrong type stay, so that they are rejected.
fn without_children(kind: ObjectKind, members: &Map<String, Value>) -> Map<String, Value> {
    // An empty schema is valid, but an empty request body is not.
    let members = members.iter().filter(|(name, _)| *name != "requestBody");
    let members = members.map(|(name, member)| {
        let member = match member {
            Value::Object(_) if kind.is_container(name) => Value::Object(Map::new()),
            Value::Array(_) if kind.is_container(name) => Value::Array(Vec::new()),
            other => other.clone(),
        };
        (name.clone(), member)
    });
    members.collect()
}
