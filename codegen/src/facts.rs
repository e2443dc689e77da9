//! What is kept of an upstream document: its facts, in one canonical form, and none of its sentences.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::document::{check_references, escape};
use crate::{Problem, Problems};

/// Keys whose values are prose, examples or advertisement, wherever the format defines them.
const PROSE: [&str; 16] = [
    "contact",
    "description",
    "example",
    "examples",
    "externalDocs",
    "license",
    "summary",
    "termsOfService",
    "title",
    "x-codeSamples",
    "x-displayName",
    "x-enumDescriptions",
    "x-logo",
    "x-speakeasy-deprecation-message",
    "x-speakeasy-retries",
    "x-speakeasy-usage-example",
];

/// Keys whose values map names that upstream chose: none of those names is a key of the format.
const NAMED: [&str; 15] = [
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
    "scopes",
    "securitySchemes",
    "variables",
];

/// The methods a path can have; what else stands there is no operation.
const METHODS: [&str; 8] = [
    "delete", "get", "head", "options", "patch", "post", "put", "trace",
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
/// Everything by which `upstream` is not a document of OpenAPI 3.0 with ids for its operations and
/// references that resolve. `file` is what the errors name.
pub fn facts(upstream: Value, file: &str) -> Result<Value, Problems> {
    if !upstream.is_object() {
        let message = "this is not an OpenAPI document: it holds no object, so it may be a web page or a part of a file";
        return Err(Problem::new(file, "", message).into());
    }
    let mut problems = format_problems(&upstream, file);
    problems.extend(operation_id_problems(&upstream, file));
    let mut facts = keep(upstream, false);
    // Examples may hold anything that looks like a reference, so only what is kept is followed.
    if let Err(unresolved) = check_references(&facts, file) {
        problems.extend(unresolved.0);
    }
    Problems::check(problems, ())?;
    // The format requires this text to be there. It is empty, as what it said was prose.
    facts["info"]["title"] = json!("");
    if let Some(tags) = facts.get_mut("tags").and_then(Value::as_array_mut) {
        tags.sort_by(|one, other| one["name"].as_str().cmp(&other["name"].as_str()));
    }
    Ok(facts)
}

fn format_problems(upstream: &Value, file: &str) -> Vec<Problem> {
    let wrong = |pointer: &str, message: String| Problem::new(file, pointer, message);
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
    problems
}

fn operation_id_problems(upstream: &Value, file: &str) -> Vec<Problem> {
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
    problems
}

/// Keeps the facts of `value`; `named` where its keys are names that upstream chose.
fn keep(value: Value, named: bool) -> Value {
    match value {
        Value::Object(map) => Value::Object(
            map.into_iter()
                .filter(|(key, value)| named || is_fact(key, value))
                .map(|(key, value)| {
                    let kept = if named {
                        keep(value, false)
                    } else {
                        keep_member(&key, value)
                    };
                    (key, kept)
                })
                .collect::<BTreeMap<_, _>>()
                .into_iter()
                .collect::<Map<_, _>>(),
        ),
        Value::Array(list) => {
            Value::Array(list.into_iter().map(|item| keep(item, named)).collect())
        }
        single => single,
    }
}

/// Keeps the facts of `value`, which stands under `key` of the format.
fn keep_member(key: &str, value: Value) -> Value {
    if DATA.contains(&key) {
        return value;
    }
    // `security` lists objects whose keys are names; `parameters` is a list as often as a map.
    let named = key == "security" || NAMED.contains(&key) && value.is_object();
    let mut kept = keep(value, named);
    let members = kept.as_object_mut().into_iter().flatten();
    match key {
        "responses" => members.for_each(|(_, response)| describe(response)),
        // A scope's value is a sentence about it.
        "scopes" => members.for_each(|(_, sentence)| *sentence = json!("")),
        _ => {}
    }
    kept
}

fn is_fact(key: &str, value: &Value) -> bool {
    let silent = FLAGS.contains(&key) && *value == Value::Bool(false);
    !PROSE.contains(&key) && !silent
}

/// Gives a response the text that the format requires: empty, as what it said was prose.
fn describe(response: &mut Value) {
    if let Some(response) = response.as_object_mut()
        && !response.contains_key("$ref")
    {
        response.insert("description".to_owned(), json!(""));
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

    #[test]
    fn names_of_servers_scopes_and_schemes_stay_without_their_sentences() {
        let mut document = document();
        document["security"] = json!([{"title": []}]);
        document["servers"] = json!([{"url": "/{title}", "variables": {"title": {"default": "a", "description": "Prose"}}}]);
        document["components"] = json!({
            "securitySchemes": {"title": {"type": "oauth2", "description": "Prose", "flows": {
                "implicit": {"authorizationUrl": "/", "scopes": {"summary": "Prose"}},
            }}},
            "examples": {"Prose": {"value": {"$ref": "#/nowhere"}}},
        });
        let facts = facts(document, "x.yml").expect("it is a document");
        assert!(!facts.to_string().contains("Prose"), "{facts}");
        assert_eq!(facts["security"], json!([{"title": []}]));
        assert_eq!(
            facts["servers"][0]["variables"],
            json!({"title": {"default": "a"}})
        );
        let flows = &facts["components"]["securitySchemes"]["title"]["flows"];
        assert_eq!(flows["implicit"]["scopes"], json!({"summary": ""}));
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let mut document = document();
        document["openapi"] = json!("3.1.0");
        document["paths"]["/again"] = json!({
            "get": {"operationId": "Get", "responses": {"200": {"$ref": "https://example.com/a.yml"}}},
            "head": {"responses": {"200": "no object"}},
        });
        let problems = facts(document, "x.yml").expect_err("four things are wrong");
        let pointers: Vec<&str> = problems.0.iter().map(|it| it.pointer.as_str()).collect();
        let expected = [
            "/openapi",
            "/paths/~1again/get/responses/200",
            "/paths/~1again/head",
            "/paths/~1summary/get",
        ];
        assert_eq!(pointers, expected, "{problems}");
    }

    #[test]
    fn a_response_that_is_no_object_is_left_to_the_parser() {
        let mut document = document();
        document["paths"]["/summary"]["get"]["responses"] = json!({"200": "text", "404": null});
        let facts = facts(document.clone(), "x.yml").expect("its form is not looked at here");
        assert_eq!(
            facts["paths"]["/summary"]["get"]["responses"],
            document["paths"]["/summary"]["get"]["responses"]
        );
    }
}
