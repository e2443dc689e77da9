//! The emulator by itself, over plain HTTP: its answers have the shapes of the API's document.

mod caller;
mod organizations;
mod shapes;
mod users;

use caller::{Caller, http, start};
use clerk_sdk_tests::{Emulator, StubbedResponse};
use serde_json::json;
use shapes::assert_shape;

#[tokio::test]
async fn a_wrong_key_route_or_method_is_an_error_of_the_documents_shape() {
    let (server, caller) = start().await;
    let wrong = Caller::new(&server, "sk_test_wrong");
    let answers = [
        (wrong.get("/users").await, (401, "authentication_invalid")),
        (wrong.get("/jwks").await, (401, "clerk_key_invalid")),
        (caller.get("/nowhere").await, (404, "resource_not_found")),
        (caller.get("/users/a/b").await, (404, "resource_not_found")),
        (caller.delete("/users").await, (405, "method_not_allowed")),
        (
            caller.get("/users/u/ban").await,
            (405, "method_not_allowed"),
        ),
    ];
    for (answer, (status, code)) in &answers {
        assert_eq!(answer.error(), (*status, *code, ""));
        assert_shape("ClerkErrors", &answer.json);
        let trace_id = answer.trace_id.as_deref().expect("it has one");
        assert_eq!(
            (trace_id.len(), trace_id),
            (
                32,
                answer.json["clerk_trace_id"].as_str().expect("it has one")
            )
        );
    }
    let unsigned = http().get(format!("{}/users", server.url()));
    assert_eq!(Caller::send(unsigned).await.error().0, 401);
}

#[tokio::test]
async fn a_body_that_the_document_has_no_place_for_is_refused() {
    let (_server, caller) = start().await;
    let refusals = [
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
    for (body, refusal) in refusals {
        assert_eq!(caller.json("POST", "/users", body).await.error(), refusal);
    }
    let nameless = caller.json("POST", "/organizations", json!({})).await;
    assert_eq!(nameless.error(), (422, "form_param_missing", "name"));
    let untyped = caller.request("POST", "/users").body("{}");
    assert_eq!(Caller::send(untyped).await.status, 415);
    assert_eq!(caller.get("/users/count").await.json["total_count"], 0);
}

#[tokio::test]
async fn an_upload_is_kept_where_it_was_accepted() {
    let (server, caller) = start().await;
    let user = caller.json("POST", "/users", json!({})).await.id();
    let org = caller
        .json("POST", "/organizations", json!({"name": "Clerk"}))
        .await
        .id();
    assert_eq!(
        caller
            .upload("POST", "/users/nobody/profile_image")
            .await
            .status,
        404
    );
    let image = format!("/users/{user}/profile_image");
    let shown = caller.upload("POST", &image).await;
    assert_shape("User", &shown.json);
    assert_eq!(shown.json["has_image"], true);
    let logo = format!("/organizations/{org}/logo");
    assert_shape(
        "OrganizationWithLogo",
        &caller.upload("PUT", &logo).await.json,
    );
    assert_eq!(caller.delete(&logo).await.json["has_image"], false);

    let uploads = server.uploads();
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
    let not_a_form = caller.json("POST", &image, json!({})).await;
    assert_eq!(not_a_form.error().0, 400);
}

#[tokio::test]
async fn keys_have_states_of_their_own() {
    let (server, one) = start().await;
    server.add_key("sk_test_other");
    let other = Caller::new(&server, "sk_test_other");
    let user = one
        .json("POST", "/users", json!({"username": "ada"}))
        .await
        .id();
    assert_eq!(other.get(&format!("/users/{user}")).await.status, 404);
    other
        .json("POST", "/users", json!({"username": "ada"}))
        .await
        .id();
    assert_shape("JWKS", &other.get("/jwks").await.json);
}

#[tokio::test]
async fn a_canned_answer_is_given_once_whatever_the_key() {
    let (server, caller) = start().await;
    let wrong = Caller::new(&server, "sk_test_wrong");
    for path in ["/v1/users/a%2Fb", "/users/a%2Fb"] {
        server.stub(StubbedResponse {
            method: "GET".into(),
            path: path.into(),
            status: 503,
            headers: vec![("retry-after".into(), "1".into())],
            body: b"[]".to_vec(),
        });
        assert_eq!(wrong.get("/users").await.status, 401, "another path");
        let canned = wrong.get("/users/a%2Fb?x=1").await;
        assert_eq!(
            (canned.status, canned.trace_id, canned.json),
            (503, None, json!([]))
        );
        assert_eq!(wrong.get("/users/a%2Fb").await.status, 401);
    }
    let seen = server.requests();
    assert_eq!(
        (seen[1].path.as_str(), seen[1].query.as_deref()),
        ("/v1/users/a%2Fb", Some("x=1"))
    );
    let last = caller.get("/users/a%2Fb").await;
    assert_eq!(last.error(), (404, "resource_not_found", ""));
}

#[test]
fn a_request_that_hangs_ends_with_the_server() {
    let server = Emulator::start_blocking().expect("it starts");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    server.hang("GET", "/users");
    let caller = Caller::new(&server, server.key());
    let hung = runtime.spawn(caller.request("GET", "/users").send());
    runtime.block_on(async {
        while server.requests().is_empty() {
            tokio::task::yield_now().await;
        }
        drop(server);
        assert!(hung.await.expect("it did not panic").is_err());
        assert!(
            caller.request("GET", "/users").send().await.is_err(),
            "the port is closed"
        );
    });
}

#[tokio::test]
async fn what_has_no_state_answers_with_a_sample_that_fits_the_document() {
    let (_server, caller) = start().await;
    let machine = caller.get("/machines/mch_1").await;
    assert_eq!(machine.status, 200, "{}", machine.json);
    assert_eq!(machine.json["object"], "machine");
    assert_eq!(machine.json["default_token_ttl"], 1);
    let set = caller.get("/role_sets/role_set:default").await;
    assert_eq!(set.json["roles"][0]["object"], "role_set_item");
    assert_eq!(caller.delete("/machines").await.status, 404);
}
