//! Reduces an upstream document to its facts, which `spec/` keeps: a canonical form without prose.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::document::check_references;
use crate::problem::{Problem, Problems};
use crate::settings::Root;
use crate::upstream_problems::{format_problems, operation_id_problems};

/// Keys whose values are prose, examples or marketing, wherever OpenAPI defines them.
const PROSE_KEYS: [&str; 16] = [
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

/// Keys whose values are maps from names that upstream chose, which are not keywords of OpenAPI.
const MAP_KEYS: [&str; 16] = [
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
    "x-webhooks",
];

/// Keys whose values are data, which is copied unchanged.
const DATA_KEYS: [&str; 2] = ["default", "enum"];

/// Keys whose value `false` is the default, so it is dropped.
const FLAG_KEYS: [&str; 8] = [
    "deprecated",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "nullable",
    "readOnly",
    "required",
    "uniqueItems",
    "writeOnly",
];

/// Reduces an upstream document to its facts: sorts keys, and drops prose and values that repeat a
/// default.
///
/// The function is idempotent. `roots` are the parts that code is generated for, and `file` is the path that errors
/// report.
///
/// # Errors
///
/// Returns every problem in `upstream`: it has to be an OpenAPI 3.0 document in which each operation
/// has an id and each reference resolves.
pub fn vendor_facts(upstream: Value, roots: &[Root], file: &str) -> Result<Value, Problems> {
    if !upstream.is_object() {
        let message = "this is not an OpenAPI document: it is not an object, so it may be a web page or a truncated file";
        return Err(Problem::new(file, "", message).into());
    }
    let mut problems = format_problems(&upstream, roots, file);
    problems.extend(operation_id_problems(&upstream, file));
    let mut facts = keep(upstream, false);
    // Examples can contain anything that looks like a reference, so only the facts are checked.
    if let Err(unresolved) = check_references(&facts, file) {
        problems.extend(unresolved.0);
    }
    Problems::check(problems, ())?;
    // OpenAPI requires a title. It is prose, so it is left empty.
    facts["info"]["title"] = json!("");
    if let Some(tags) = facts.get_mut("tags").and_then(Value::as_array_mut) {
        tags.sort_by(|one, other| one["name"].as_str().cmp(&other["name"].as_str()));
    }
    Ok(facts)
}

/// Keeps the facts of `value`. If `is_map` is set, its keys are names that upstream chose.
fn keep(value: Value, is_map: bool) -> Value {
    match value {
        Value::Object(map) => Value::Object(
            map.into_iter()
                .filter(|(key, value)| is_map || is_fact(key, value))
                .map(|(key, value)| {
                    let kept = if is_map {
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
            Value::Array(list.into_iter().map(|item| keep(item, is_map)).collect())
        }
        scalar => scalar,
    }
}

/// Keeps the facts of `value`, the member `key` of an OpenAPI object.
fn keep_member(key: &str, value: Value) -> Value {
    if DATA_KEYS.contains(&key) {
        return value;
    }
    // `security` is a list of objects whose keys are names; `parameters` can be a list or a map.
    let is_map = key == "security" || MAP_KEYS.contains(&key) && value.is_object();
    let mut kept = keep(value, is_map);
    let members = kept.as_object_mut().into_iter().flatten();
    match key {
        "responses" => members.for_each(|(_, response)| blank_description(response)),
        // A scope's value is its description.
        "scopes" => members.for_each(|(_, description)| *description = json!("")),
        _ => {}
    }
    kept
}

fn is_fact(key: &str, value: &Value) -> bool {
    let is_default = FLAG_KEYS.contains(&key) && *value == Value::Bool(false);
    !PROSE_KEYS.contains(&key) && !is_default
}

/// Sets a response's description, which OpenAPI requires, to the empty string.
fn blank_description(response: &mut Value) {
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
    fn prose_is_dropped_and_names_that_equal_its_keys_are_kept() {
        let facts =
            vendor_facts(document(), &[Root::Operations], "x.yml").expect("the document is valid");
        let text = facts.to_string();
        assert!(!text.contains("Prose"), "{text}");
        let schema = facts
            .pointer("/paths/~1summary/get/responses/200/content/application~1json/schema")
            .expect("the schema is kept");
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
    fn vendoring_is_idempotent() {
        let once =
            vendor_facts(document(), &[Root::Operations], "x.yml").expect("the document is valid");
        assert_eq!(
            vendor_facts(once.clone(), &[Root::Operations], "x.yml").expect("the facts are valid"),
            once
        );
    }

    #[test]
    fn an_invalid_document_is_rejected_with_the_location() {
        for (change, pointer) in [
            (json!({"openapi": "3.1.0"}), "/openapi"),
            (json!({"paths": null}), "/paths"),
            (json!({"info": {"version": 2026}}), "/info/version"),
            (json!({"paths": {"/a": {"get": {}}}}), "/paths/~1a/get"),
            (json!({"x": {"$ref": "#/nowhere"}}), "/x"),
        ] {
            let mut document = document();
            for (key, value) in change.as_object().expect("the change is an object") {
                document[key] = value.clone();
            }
            let problems = vendor_facts(document, &[Root::Operations], "x.yml").expect_err(pointer);
            assert_eq!(problems.0[0].pointer, pointer, "{problems}");
            assert!(problems.to_string().starts_with("x.yml#"), "{problems}");
        }
    }

    #[test]
    fn names_of_servers_scopes_and_schemes_stay_without_their_descriptions() {
        let mut document = document();
        document["security"] = json!([{"title": []}]);
        document["servers"] = json!([{"url": "/{title}", "variables": {"title": {"default": "a", "description": "Prose"}}}]);
        document["components"] = json!({
            "securitySchemes": {"title": {"type": "oauth2", "description": "Prose", "flows": {
                "implicit": {"authorizationUrl": "/", "scopes": {"summary": "Prose"}},
            }}},
            "examples": {"Prose": {"value": {"$ref": "#/nowhere"}}},
        });
        let facts =
            vendor_facts(document, &[Root::Operations], "x.yml").expect("the document is valid");
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
    fn every_problem_is_reported_at_once() {
        let mut document = document();
        document["openapi"] = json!("3.1.0");
        document["paths"]["/again"] = json!({
            "get": {"operationId": "Get", "responses": {"200": {"$ref": "https://example.com/a.yml"}}},
            "head": {"responses": {"200": "no object"}},
        });
        let problems = vendor_facts(document, &[Root::Operations], "x.yml")
            .expect_err("the document has four problems");
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
    fn a_response_that_is_not_an_object_is_left_to_the_parser() {
        let mut document = document();
        document["paths"]["/summary"]["get"]["responses"] = json!({"200": "text", "404": null});
        let facts = vendor_facts(document.clone(), &[Root::Operations], "x.yml")
            .expect("responses are not validated here");
        assert_eq!(
            facts["paths"]["/summary"]["get"]["responses"],
            document["paths"]["/summary"]["get"]["responses"]
        );
    }
}
