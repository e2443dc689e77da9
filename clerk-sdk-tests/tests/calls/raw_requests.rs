//! Tests of requests by method and path.

use clerk_sdk::types::User;
use clerk_sdk::{Clerk, Error, List, RetryPolicy, user};
use clerk_sdk_tests::Emulator;
use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::MockBackend;

fn mock(status: u16, body: &'static str) -> (MockBackend, Clerk) {
    let backend = MockBackend::responding(status, body);
    let clerk = Clerk::new(backend.config());
    (backend, clerk)
}

/// A type of the user's own.
#[derive(Debug, Deserialize, Eq, PartialEq)]
struct Badge {
    name: String,
}

#[tokio::test]
async fn a_raw_request_has_the_key_headers_query_and_body_of_a_call() {
    let (backend, clerk) = mock(200, r#"{"name":"first"}"#);
    let badge = clerk
        .request(Method::POST, "/users/{user_id}/badges")
        .path("user_id", "user/1")
        .query("limit", 10)
        .query("tag", "a b")
        .json(&json!({"name": "first"}))
        .call::<Badge>()
        .header("x-request", "7")
        .await
        .expect("a badge");
    assert_eq!(badge.name, "first");
    let request = backend.only_request();
    assert_eq!(request.method(), Method::POST);
    let url = request.uri().to_string();
    assert!(
        url.ends_with("/v1/users/user%2F1/badges?limit=10&tag=a%20b"),
        "{url}"
    );
    assert_eq!(request.headers()["authorization"], "Bearer sk_test_mock");
    assert_eq!(request.headers()["content-type"], "application/json");
    assert_eq!(request.headers()["x-request"], "7");
    assert_eq!(&request.body()[..], br#"{"name":"first"}"#);
}

#[tokio::test(start_paused = true)]
async fn a_raw_request_is_retried_and_fails_like_a_call() {
    let (backend, _) = mock(503, "{}");
    let clerk = Clerk::new(backend.config().retry(RetryPolicy::new()));
    let request = clerk
        .request(Method::GET, "/users/{user_id}/badges")
        .path("user_id", "user_1");
    let error = request.call::<Value>().await.expect_err("the API is down");
    assert_eq!(error.attempt_count(), 3);
    let message = error.to_string();
    assert!(message.contains("GET /users/{user_id}/badges"), "{message}");
    assert!(!message.contains("user_1"), "{message}");
}

#[tokio::test]
async fn a_response_of_another_shape_is_a_decode_error_with_the_body() {
    let (_, clerk) = mock(200, r#"{"title":"first"}"#);
    let call = clerk.request(Method::GET, "/badges/1").call::<Badge>();
    let Err(Error::Decode(error)) = call.await else {
        panic!("the name is missing")
    };
    assert_eq!(error.raw_json(), r#"{"title":"first"}"#);
}

#[tokio::test]
async fn an_empty_response_is_a_unit() {
    for body in ["", "null", "<html>", "{}"] {
        let (_, clerk) = mock(200, body);
        let call = clerk.request(Method::DELETE, "/badges/1").call::<()>();
        call.await.expect("any body is accepted");
    }
}

#[tokio::test]
async fn lists_of_a_raw_request_are_paginated_if_it_says_so() {
    let emulator = Emulator::start().await.expect("a free port");
    let config = clerk_sdk::ClientConfig::new(emulator.key()).base_url(emulator.url());
    let clerk = Clerk::new(config);
    for _ in 0..5 {
        clerk
            .user()
            .create(&user::CreateParams::new())
            .await
            .expect("a user");
    }
    let request = clerk.request(Method::GET, "/users").query("limit", 2);
    let mut users = request.clone().paginated(500).call::<List<User>>().items();
    let mut count = 0;
    while let Some(user) = users.next().await {
        user.expect("a user");
        count += 1;
    }
    assert_eq!(count, 5);
    assert_eq!(request.call::<List<Value>>().await.expect("users").len(), 2);
}

#[tokio::test]
async fn an_invalid_path_is_rejected_before_anything_is_sent() {
    let (backend, clerk) = mock(200, "{}");
    for path in [
        "",
        "users",
        ".evil.example/users",
        "@evil.example/users",
        "/users/../oauth",
        "/users/./x",
        "/users/%2e%2E/oauth",
        "/users/user_id}",
        "/users?limit=1",
        "/users#x",
        "/users/a b",
        "/users/ü",
        "/users/%zz",
        "/users/%",
        "/users/%2f..",
        "/users/%2{user_id}",
        "/users/.%2{user_id}/x",
        "/users/{user_id}",
        "/users/{user_id",
        "/users\r\nhost: evil.example",
    ] {
        let result = clerk.request(Method::GET, path).call::<Value>().await;
        assert!(
            matches!(&result, Err(Error::InvalidArgument(error)) if error.name() == "path"),
            "{path}: {result:?}"
        );
    }
    let request = clerk
        .request(Method::GET, "/users/{user_id}")
        .path("user_id", "..");
    request.call::<Value>().await.expect_err("a dot segment");
    assert!(backend.requests().is_empty());
}

#[tokio::test]
async fn a_value_without_a_placeholder_and_the_method_connect_are_rejected() {
    let (backend, clerk) = mock(200, "{}");
    let unknown = clerk
        .request(Method::GET, "/users")
        .path("user_id", "user_1");
    let error = unknown.call::<Value>().await.expect_err("no placeholder");
    assert!(
        error.to_string().contains("no placeholder {user_id}"),
        "{error}"
    );
    let connect = clerk
        .request(Method::CONNECT, "/users")
        .call::<Value>()
        .await;
    assert!(matches!(connect, Err(Error::InvalidArgument(_))));
    assert!(backend.requests().is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_published_rate_limits_apply_however_the_path_is_written() {
    let (backend, _) = mock(200, "{}");
    let config = backend.config().timeout(std::time::Duration::from_secs(2));
    let clerk = Clerk::new(config.rate_limit(clerk_sdk::RateLimit::clerk_limits()));
    let mut admitted = 0;
    for index in 0..30 {
        let path = [
            "/users/{user_id}",
            "/users/{id}",
            "/users/user_1",
            "/users/user_1/",
        ][index % 4];
        let mut request = clerk.request(Method::PATCH, path);
        for name in ["user_id", "id"]
            .into_iter()
            .filter(|name| path.contains(&format!("{{{name}}}")))
        {
            request = request.path(name, "user_1");
        }
        admitted += usize::from(request.call::<Value>().await.is_ok());
    }
    assert_eq!(admitted, 10);
}
