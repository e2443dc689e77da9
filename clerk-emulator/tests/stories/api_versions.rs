//! What the document does not have: versions of the API, the keys that the Frontend API publishes, and handshakes.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Story, fault, id};

impl Story {
    /// Sends a request with a version of the API in a header.
    async fn with_version(&self, version: &str, method: Method, path: &str, body: Value) -> Answer {
        let url = format!("{}{path}", self.emulator.url());
        let request = reqwest::Client::new().request(method, url);
        let request = request
            .bearer_auth(self.emulator.key())
            .header("clerk-api-version", version);
        let request = match body {
            Value::Null => request,
            body => request
                .header("content-type", "application/json")
                .body(body.to_string()),
        };
        Answer::read(request).await
    }
}

#[tokio::test]
async fn the_version_of_a_request_is_that_of_its_response() {
    let story = Story::begin().await;
    let get = async |version, path| {
        story
            .with_version(version, Method::GET, path, Value::Null)
            .await
    };
    for version in ["2021-02-05", "2025-11-10", "2026-05-12"] {
        let answer = get(version, "/users").await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.headers["clerk-api-version"], version);
    }
    let invalid = fault(400, "api_version_invalid", "");
    assert_eq!(get("2020-01-01", "/users").await.error(), invalid);
    let path = "/users?__clerk_api_version=2025-11-10";
    assert_eq!(get("2025-11-10", path).await.error(), invalid);
    let answer = story.send("GET", path, None).await;
    assert_eq!(answer.headers["clerk-api-version"], "2025-11-10");
}

#[tokio::test]
async fn updates_have_metadata_before_the_newest_version() {
    let story = Story::begin().await;
    let user = format!("/users/{}", story.user("ann@example.com").await);
    let organization = story.post("/organizations", json!({ "name": "one" })).await;
    let organization = format!("/organizations/{}", id(&organization));
    let body = json!({ "public_metadata": { "a": 1 }, "private_metadata": null });
    for path in [&user, &organization] {
        let update = async |version, body: &Value| {
            let body = body.clone();
            story.with_version(version, Method::PATCH, path, body).await
        };
        assert_eq!(update("2026-05-12", &body).await.status, 422);
        update("2025-11-10", &json!({ "public_metadata": { "b": 1 } })).await;
        let answer = update("2025-11-10", &body).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.json["public_metadata"], json!({ "a": 1 }));
        assert_eq!(answer.json["private_metadata"], json!({}));
        let invalid = fault(422, "form_param_value_invalid", "public_metadata");
        let answer = update("2025-11-10", &json!({ "public_metadata": [] })).await;
        assert_eq!(answer.error(), invalid);
        let large = json!({ "public_metadata": { "a": "x".repeat(9000) } });
        let invalid = fault(422, "form_param_exceeds_allowed_size", "public_metadata");
        assert_eq!(update("2025-11-10", &large).await.error(), invalid);
    }
}

#[tokio::test]
async fn tokens_of_old_versions_name_the_organization_in_claims_of_their_own() {
    let story = Story::begin().await;
    let (organization, admin) = story.organization("acme").await;
    let session = story.post("/sessions", json!({ "user_id": admin })).await;
    let path = format!("/sessions/{}/tokens", id(&session));
    let claims = async |version| {
        let answer = story
            .with_version(version, Method::POST, &path, json!({}))
            .await;
        let jwt = answer.json["jwt"].as_str().expect("a token").to_owned();
        let claims = jwt.split('.').nth(1).expect("claims");
        let claims = URL_SAFE_NO_PAD.decode(claims).expect("base64");
        serde_json::from_slice::<Value>(&claims).expect("JSON")
    };
    let old = claims("2024-10-01").await;
    assert_eq!(old["org_id"], organization);
    assert_eq!(old["org_role"], "org:admin");
    assert_eq!(old["org_permissions"], json!([]));
    assert_eq!(
        (&old["v"], &old["o"], &old["sub"]),
        (&Value::Null, &Value::Null, &json!(admin))
    );
    let new = claims("2025-04-10").await;
    assert_eq!((&new["v"], &new["o"]["rol"]), (&json!(2), &json!("admin")));
    assert_eq!(new["org_id"], Value::Null);
}

#[tokio::test]
async fn the_keys_are_published_without_a_secret_key() {
    let story = Story::begin().await;
    let url = format!("http://{}/.well-known/jwks.json", story.emulator.address());
    let answer = Answer::read(reqwest::Client::new().get(url)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json, story.get("/jwks").await);
    let key = story.emulator.publishable_key();
    let host = key.strip_prefix("pk_test_").map(|it| STANDARD.decode(it));
    assert_eq!(host, Some(Ok(b"clerk.emulator.test$".to_vec())));
}

#[tokio::test]
async fn a_handshake_has_the_cookies_of_a_session() {
    let story = Story::begin().await;
    let user = story.user("ann@example.com").await;
    let token = story.emulator.session_token(&user);
    let get = async |nonce: &str| {
        let path = format!("/clients/handshake_payload?nonce={nonce}");
        story
            .with_version("2026-05-12", Method::GET, &path, Value::Null)
            .await
    };
    let answer = get(&token).await;
    assert_eq!(answer.status, 200);
    let cookies = answer.json["directives"].as_array().expect("cookies");
    let cookies: Vec<&str> = cookies.iter().filter_map(Value::as_str).collect();
    assert!(cookies[0].starts_with(&format!("__session={token};")));
    assert!(cookies[1].starts_with("__client_uat=1"), "{cookies:?}");
    let unknown = fault(404, "resource_not_found", "");
    assert_eq!(get("nonce").await.error(), unknown);
    assert_eq!(get("").await.error(), unknown);
}
