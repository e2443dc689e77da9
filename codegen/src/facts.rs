//! What is kept of an upstream document: its facts, in one canonical form, and none of its sentences.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::document::check_references;
use crate::{Problem, Problems};

/// Keys whose values are prose, examples or advertisement, wherever the format defines them.
const PROSE: [&str; 12] = [
    "contact",
    "description",
    "example",
    "examples",
    "externalDocs",
    "license",
    "summary",
    "termsOfService",
    "title",
    "x-logo",
    "x-speakeasy-retries",
    "x-speakeasy-usage-example",
];

/// Keys whose values map names that upstream chose: none of those names is a key of the format.
const NAMED: [&str; 13] = [
    "callbacks",
    "content",
    "encoding",
    "headers",
    "links",
    "mapping",
    "parameters",
    "paths",
    "properties",
    "requestBodies",
    "responses",
    "schemas",
    "securitySchemes",
];

/// Keys whose values are data: copied as they are.
const DATA: [&str; 2] = ["default", "enum"];

/// Flags that say nothing when they are false.
const FLAGS: [&str; 8] = [
    "deprecated",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "nullable",
    "readOnly",
    "required",
    "uniqueItems",
    "writeOnly",
];

/// The facts of an upstream document: keys sorted, prose gone, values that repeat a default gone.
///
/// Facts of facts are the same facts.
///
/// # Errors
///
/// Where `upstream` is not a document of OpenAPI 3.0 with ids for its operations and references
/// that resolve. `file` is what the errors name.
pub fn facts(upstream: Value, file: &str) -> Result<Value, Problems> {
    check_format(&upstream, file)?;
    check_references(&upstream, file)?;
    check_operation_ids(&upstream, file)?;
    let mut facts = keep(upstream, false);
    // The format requires these texts to be there. They are empty, as what they said was prose.
    facts["info"]["title"] = json!("");
    describe_responses(&mut facts);
    if let Some(tags) = facts.get_mut("tags").and_then(Value::as_array_mut) {
        tags.sort_by(|one, other| one["name"].as_str().cmp(&other["name"].as_str()));
    }
    Ok(facts)
}

fn check_format(upstream: &Value, file: &str) -> Result<(), Problems> {
    let wrong = |pointer: &str, message: String| Problem::new(file, pointer, message);
    if !upstream.is_object() {
        let message = "this is not an OpenAPI document: it holds no object, so it may be a web page or a part of a file";
        return Err(wrong("", message.to_owned()).into());
    }
    let version = upstream["openapi"].as_str().unwrap_or_default();
    let mut problems = Vec::new();
    if !version.starts_with("3.0.") {
        let message =
            format!("`openapi` is {version:?}, but only documents of OpenAPI 3.0 are understood");
        problems.push(wrong("/openapi", message));
    }
    if !upstream["paths"].is_object() {
        problems.push(wrong(
            "/paths",
            "there are no paths: the document may be cut off".to_owned(),
        ));
    }
    if !upstream["info"]["version"].is_string() {
        let message = "there is no text that names the version: quote it if it is a date";
        problems.push(wrong("/info/version", message.to_owned()));
    }
    Problems::check(problems, ())
}

fn check_operation_ids(upstream: &Value, file: &str) -> Result<(), Problems> {
    let mut problems = Vec::new();
    let mut seen: BTreeMap<&str, String> = BTreeMap::new();
    for (path, item) in upstream["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            if !["delete", "get", "patch", "post", "put"].contains(&method.as_str()) {
                continue;
            }
            let pointer = format!(
                "/paths/{}/{method}",
                path.replace('~', "~0").replace('/', "~1")
            );
            match operation["operationId"].as_str() {
                None => {
                    let message = "the operation has no `operationId`, by which its name is chosen";
                    problems.push(Problem::new(file, pointer, message));
                }
                Some(id) => {
                    if let Some(twin) = seen.insert(id, pointer.clone()) {
                        let message = format!("the `operationId` {id} is also that of {twin}");
                        problems.push(Problem::new(file, pointer, message));
                    }
                }
            }
        }
    }
    Problems::check(problems, ())
}

/// Keeps the facts of `value`; `named` where its keys are names that upstream chose.
fn keep(value: Value, named: bool) -> Value {
    match value {
        Value::Object(map) => Value::Object(
            map.into_iter()
                .filter(|(key, value)| named || is_fact(key, value))
                .map(|(key, value)| {
                    let kept = if !named && DATA.contains(&key.as_str()) {
                        value
                    } else {
                        let names = !named && NAMED.contains(&key.as_str()) && value.is_object();
                        keep(value, names)
                    };
                    (key, kept)
                })
                .collect::<BTreeMap<_, _>>()
                .into_iter()
                .collect::<Map<_, _>>(),
        ),
        Value::Array(list) => {
            Value::Array(list.into_iter().map(|item| keep(item, false)).collect())
        }
        single => single,
    }
}

fn is_fact(key: &str, value: &Value) -> bool {
    let silent = FLAGS.contains(&key) && *value == Value::Bool(false);
    !PROSE.contains(&key) && !silent
}

/// Gives every response the text that the format requires it to have.
fn describe_responses(facts: &mut Value) {
    let describe = |responses: &mut Value| {
        for (_, response) in responses.as_object_mut().into_iter().flatten() {
            if response.get("$ref").is_none() {
                response["description"] = json!("");
            }
        }
    };
    if let Some(responses) = facts.pointer_mut("/components/responses") {
        describe(responses);
    }
    for (_, item) in facts["paths"].as_object_mut().into_iter().flatten() {
        for (_, operation) in item.as_object_mut().into_iter().flatten() {
            if let Some(responses) = operation.get_mut("responses") {
                describe(responses);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Value {
        json!({
            "openapi": "3.0.3",
            "info": {"title": "Prose", "version": "2026-01-01", "description": "Prose"},
            "tags": [{"name": "b", "description": "Prose"}, {"name": "a"}],
            "paths": {"/summary": {"get": {
                "operationId": "Get",
                "summary": "Prose",
                "deprecated": false,
                "parameters": [{"in": "query", "name": "title", "required": false, "schema": {"type": "string"}}],
                "responses": {"200": {"description": "Prose", "content": {"application/json": {"schema": {
                    "type": "object",
                    "required": ["description"],
                    "properties": {
                        "description": {"type": "string", "description": "Prose", "nullable": false, "example": "x"},
                        "title": {"type": "string", "enum": ["description"], "default": {"title": "kept"}},
                        "required": {"type": "boolean", "nullable": true},
                    },
                }}}}},
            }}},
        })
    }

    #[test]
    fn prose_goes_and_names_that_look_like_it_stay() {
        let facts = facts(document(), "x.yml").expect("it is a document");
        let text = facts.to_string();
        assert!(!text.contains("Prose"), "{text}");
        let schema = facts
            .pointer("/paths/~1summary/get/responses/200/content/application~1json/schema")
            .expect("it is kept");
        assert_eq!(
            schema["properties"]["description"],
            json!({"type": "string"})
        );
        assert_eq!(
            schema["properties"]["title"]["default"],
            json!({"title": "kept"})
        );
        assert_eq!(schema["properties"]["required"]["nullable"], true);
        assert_eq!(schema["required"], json!(["description"]));
        assert_eq!(facts["tags"], json!([{"name": "a"}, {"name": "b"}]));
    }

    #[test]
    fn facts_of_facts_are_the_same() {
        let once = facts(document(), "x.yml").expect("it is a document");
        assert_eq!(facts(once.clone(), "x.yml").expect("it still is"), once);
    }

    #[test]
    fn what_is_no_document_is_refused_with_its_place() {
        for (change, pointer) in [
            (json!({"openapi": "3.1.0"}), "/openapi"),
            (json!({"paths": null}), "/paths"),
            (json!({"info": {"version": 2026}}), "/info/version"),
            (json!({"paths": {"/a": {"get": {}}}}), "/paths/~1a/get"),
            (json!({"x": {"$ref": "#/nowhere"}}), "/x"),
        ] {
            let mut document = document();
            for (key, value) in change.as_object().expect("it is an object") {
                document[key] = value.clone();
            }
            let problems = facts(document, "x.yml").expect_err(pointer);
            assert_eq!(problems.0[0].pointer, pointer, "{problems}");
            assert!(problems.to_string().starts_with("x.yml#"), "{problems}");
        }
    }
}
