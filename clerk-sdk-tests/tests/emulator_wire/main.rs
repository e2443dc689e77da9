//! Tests of the emulator without the SDK, over plain HTTP: its responses match the OpenAPI
//! document.

mod http_client;
mod organizations;
mod schema;
mod users;

use clerk_sdk_tests::{Emulator, StubbedResponse};
use http_client::{HttpClient, reqwest_client, start};
use schema::assert_matches_schema;
use serde_json::json;

#[tokio::test]
async fn an_invalid_key_route_or_method_returns_an_error_that_matches_the_document() {
    let (emulator, client) = start().await;
    let unauthorized = HttpClient::new(&emulator, "sk_test_wrong");
    let responses = [
        (
            unauthorized.get("/users").await,
            (401, "authentication_invalid"),
        ),
        (unauthorized.get("/jwks").await, (401, "clerk_key_invalid")),
        (client.get("/nowhere").await, (404, "resource_not_found")),
        (client.get("/users/a/b").await, (404, "resource_not_found")),
        (client.delete("/users").await, (405, "method_not_allowed")),
        (
            client.get("/users/u/ban").await,
            (405, "method_not_allowed"),
        ),
    ];
    for (response, (status, code)) in &responses {
        assert_eq!(response.error(), (*status, *code, ""));
        assert_matches_schema("ClerkErrors", &response.json);
        let trace_id = response
            .trace_id
            .as_deref()
            .expect("the response has a trace id");
        assert_eq!(
            (trace_id.len(), trace_id),
            (
                32,
                response.json["clerk_trace_id"]
                    .as_str()
                    .expect("the response has a trace id")
            )
        );
    }
    let without_key = reqwest_client().get(format!("{}/users", emulator.url()));
    assert_eq!(HttpClient::send(without_key).await.error().0, 401);
}

#[tokio::test]
async fn a_body_that_does_not_match_the_document_is_rejected() {
    let (_emulator, client) = start().await;
    let cases = [
        (
            json!({"frist_name": "Ada"}),
            (422, "form_param_unknown", "frist_name"),
        ),
        (
            json!({"first_name": 1}),
            (422, "form_param_type_invalid", "first_name"),
        ),
        (
            json!({"email_address": null}),
            (422, "form_param_type_invalid", "email_address"),
        ),
        (
            json!({"email_address": ["ada"]}),
            (422, "form_param_format_invalid", "email_address"),
        ),
        (
            json!({"created_at": "today"}),
            (422, "form_param_format_invalid", "created_at"),
        ),
        (json!(["Ada"]), (400, "request_body_invalid", "")),
    ];
    for (body, error) in cases {
        assert_eq!(client.json("POST", "/users", body).await.error(), error);
    }
    let without_name = client.json("POST", "/organizations", json!({})).await;
    assert_eq!(without_name.error(), (422, "form_param_missing", "name"));
    let without_content_type = client.request("POST", "/users").body("{}");
    assert_eq!(HttpClient::send(without_content_type).await.status, 415);
    assert_eq!(client.get("/users/count").await.json["total_count"], 0);
}

#[tokio::test]
async fn only_accepted_uploads_are_recorded() {
    let (emulator, client) = start().await;
    let user = client.json("POST", "/users", json!({})).await.id();
    let org = client
        .json("POST", "/organizations", json!({"name": "Clerk"}))
        .await
        .id();
    assert_eq!(
        client
            .upload("POST", "/users/nobody/profile_image")
            .await
            .status,
        404
    );
    let image = format!("/users/{user}/profile_image");
    let user = client.upload("POST", &image).await;
    assert_matches_schema("User", &user.json);
    assert_eq!(user.json["has_image"], true);
    let logo = format!("/organizations/{org}/logo");
    assert_matches_schema(
        "OrganizationWithLogo",
        &client.upload("PUT", &logo).await.json,
    );
    assert_eq!(client.delete(&logo).await.json["has_image"], false);

    let uploads = emulator.uploads();
    assert_eq!(uploads.len(), 2);
    assert_eq!(uploads[0].path, format!("/v1{image}"));
    assert_eq!(
        (uploads[0].field.as_str(), uploads[0].file_name.as_str()),
        ("file", "me.png")
    );
    assert_eq!(uploads[0].content_type, "image/png");
    assert_eq!(&uploads[0].bytes[..], b"\x00\r\n\xff");
    assert_eq!(
        uploads[1].fields,
        [("uploader_user_id".to_owned(), "user_1".to_owned())]
    );
    let not_a_form = client.json("POST", &image, json!({})).await;
    assert_eq!(not_a_form.error().0, 400);
}

#[tokio::test]
async fn every_key_has_its_own_state() {
    let (emulator, first) = start().await;
    emulator.add_key("sk_test_other");
    let second = HttpClient::new(&emulator, "sk_test_other");
    let user = first
        .json("POST", "/users", json!({"username": "ada"}))
        .await
        .id();
    assert_eq!(second.get(&format!("/users/{user}")).await.status, 404);
    second
        .json("POST", "/users", json!({"username": "ada"}))
        .await
        .id();
    assert_matches_schema("JWKS", &second.get("/jwks").await.json);
}

#[tokio::test]
async fn a_stubbed_response_is_returned_once_whatever_the_key() {
    let (emulator, client) = start().await;
    let unauthorized = HttpClient::new(&emulator, "sk_test_wrong");
    for path in ["/v1/users/a%2Fb", "/users/a%2Fb"] {
        emulator.stub(StubbedResponse {
            method: "GET".into(),
            path: path.into(),
            status: 503,
            headers: vec![("retry-after".into(), "1".into())],
            body: b"[]".to_vec(),
        });
        assert_eq!(
            unauthorized.get("/users").await.status,
            401,
            "the stub has another path"
        );
        let stubbed = unauthorized.get("/users/a%2Fb?x=1").await;
        assert_eq!(
            (stubbed.status, stubbed.trace_id, stubbed.json),
            (503, None, json!([]))
        );
        assert_eq!(unauthorized.get("/users/a%2Fb").await.status, 401);
    }
    let requests = emulator.requests();
    assert_eq!(
        (requests[1].path.as_str(), requests[1].query.as_deref()),
        ("/v1/users/a%2Fb", Some("x=1"))
    );
    let last = client.get("/users/a%2Fb").await;
    assert_eq!(last.error(), (404, "resource_not_found", ""));
}

#[test]
fn a_hanging_request_ends_when_the_emulator_is_dropped() {
    let emulator = Emulator::start_blocking().expect("the emulator starts");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    emulator.hang("GET", "/users");
    let client = HttpClient::new(&emulator, emulator.key());
    let hanging = runtime.spawn(client.request("GET", "/users").send());
    runtime.block_on(async {
        while emulator.requests().is_empty() {
            tokio::task::yield_now().await;
        }
        drop(emulator);
        assert!(hanging.await.expect("the task did not panic").is_err());
        assert!(
            client.request("GET", "/users").send().await.is_err(),
            "the port is closed"
        );
    });
}

#[tokio::test]
async fn operations_without_state_return_example_responses() {
    let (_emulator, client) = start().await;
    let machine = client.get("/machines/mch_1").await;
    assert_eq!(machine.status, 200, "{}", machine.json);
    assert_eq!(machine.json["object"], "machine");
    assert_eq!(machine.json["default_token_ttl"], 1);
    let role_set = client.get("/role_sets/role_set:default").await;
    assert_eq!(role_set.json["roles"][0]["object"], "role_set_item");
    assert_eq!(client.delete("/machines").await.status, 404);
}
