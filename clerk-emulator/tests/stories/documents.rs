//! An emulator with another document than the one that is part of the crate.

use clerk_emulator::Emulator;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Story, fault, id};

const EMBEDDED: &str = include_str!("../../src/document/backend-api.json");

/// Returns a newer document: users have a nickname, and there are gadgets.
fn newer() -> Value {
    let mut document: Value = serde_json::from_str(EMBEDDED).expect("JSON");
    document["info"]["version"] = "2027-01-01".into();
    let nickname = json!({ "type": "string", "maxLength": 5 });
    let user = &mut document["components"]["schemas"]["User"]["properties"];
    user["nickname"] = nickname.clone();
    let body = &mut document["paths"]["/users"]["post"]["requestBody"];
    let schema = &mut body["content"]["application/json"]["schema"];
    schema["properties"]["nickname"] = nickname;
    document["paths"]["/gadgets/{gadget_id}"] = json!({ "get": {
        "operationId": "GetGadget",
        "parameters": [
            { "in": "path", "name": "gadget_id", "required": true, "schema": { "type": "string" } },
            { "in": "query", "name": "size", "schema": { "type": "integer" } },
        ],
        "responses": { "200": { "description": "", "content": { "application/json": { "schema": {
            "type": "object", "required": ["id", "object"],
            "properties": {
                "id": { "type": "string" },
                "object": { "type": "string", "enum": ["gadget"] },
            },
        } } } } },
    } });
    document
}

async fn send(story: &Story, method: Method, path: &str, body: &Value) -> Answer {
    let url = format!("{}{path}", story.emulator.url());
    let request = reqwest::Client::new().request(method, url);
    let request = request.bearer_auth(story.emulator.key());
    let request = request.header("clerk-api-version", "2027-01-01");
    let request = request.header("content-type", "application/json");
    Answer::read(request.body(body.to_string())).await
}

#[tokio::test]
async fn a_newer_document_has_routes_members_and_a_version() {
    let builder = Emulator::builder().document(&newer().to_string());
    let emulator = builder.expect("the document is correct").start().await;
    let story = Story::of(emulator.expect("a port is free"));
    let body = json!({ "username": "adalove", "nickname": "ada" });
    let created = send(&story, Method::POST, "/users", &body).await;
    assert_eq!(created.json["nickname"], "ada");
    assert_eq!(created.headers["clerk-api-version"], "2027-01-01");
    let path = format!("/users/{}", id(&created.json));
    let user = send(&story, Method::GET, &path, &Value::Null).await;
    assert_eq!(user.json["nickname"], "ada");
    let body = json!({ "username": "adalove2", "nickname": "too long" });
    let refused = send(&story, Method::POST, "/users", &body).await;
    let expected = fault(422, "form_param_max_length_exceeded", "nickname");
    assert_eq!(refused.error(), expected);

    let path = "/gadgets/gadget_1";
    let sample = send(&story, Method::GET, path, &Value::Null).await;
    assert_eq!(sample.json, json!({ "id": "sample", "object": "gadget" }));
    assert_eq!(sample.headers["x-emulator-gap"], "sample");
    let path = "/gadgets/gadget_1?size=big";
    let refused = send(&story, Method::GET, path, &Value::Null).await;
    assert_eq!(
        refused.error(),
        fault(422, "form_param_type_invalid", "size")
    );

    // Other emulators of the process have the document of the crate.
    let other = Story::begin().await;
    let body = Some(json!({ "username": "adalove", "nickname": "ada" }));
    let error = other.error("POST", "/users", body).await;
    assert_eq!(error, fault(422, "form_param_unknown", "nickname"));
}

#[test]
fn a_document_in_yaml_is_read() {
    let document = "
openapi: 3.0.3
info: { version: '2027-01-01' }
paths:
  /gadgets:
    get:
      operationId: ListGadgets
      responses: { 200: { description: a list } }
";
    assert!(Emulator::builder().document(document).is_ok());
}

#[test]
fn mistakes_of_a_document_are_reported() {
    let mut without_schema = newer();
    let schemas = without_schema["components"]["schemas"].as_object_mut();
    schemas.map(|it| it.remove("Session")).expect("schemas");
    let mut bad_pattern = newer();
    let parameters = &mut bad_pattern["paths"]["/gadgets/{gadget_id}"]["get"]["parameters"];
    parameters[1]["schema"] = json!({ "type": "string", "pattern": "(" });
    for (expected, document) in [
        ("it is not JSON: ", "{".to_owned()),
        ("it is not YAML: ", "openapi: [".to_owned()),
        ("\"openapi\" is missing", "{}".to_owned()),
        ("\"openapi\" is missing", String::new()),
        (
            "\"#/components/schemas/Session\" leads nowhere",
            without_schema.to_string(),
        ),
        (
            "GET /gadgets/{gadget_id}: a schema of its parameters is invalid",
            bad_pattern.to_string(),
        ),
    ] {
        let error = Emulator::builder().document(&document);
        let error = error.expect_err("the document has a mistake").to_string();
        assert!(error.contains(expected), "{error}");
    }
    let error = Emulator::builder().document_file("nowhere.json");
    let error = error.expect_err("there is no such file").to_string();
    assert!(error.starts_with("nowhere.json: "), "{error}");
}
