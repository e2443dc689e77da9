//! What every request has in common: the key, the route, and the check against the document.

use std::io::Write;
use std::net::TcpStream;

use clerk_emulator::Emulator;
use serde_json::{Value, json};

use crate::support::{Answer, Story, fault};

#[tokio::test]
async fn the_key_is_checked_before_the_route() {
    let story = Story::begin().await;
    for path in ["/users", "/jwks", "/nothing"] {
        let url = format!("{}{path}", story.emulator.url());
        let client = reqwest::Client::new();
        for (request, code) in [
            (client.get(&url), "authorization_header_format_invalid"),
            (
                client.get(&url).basic_auth("a", Some("b")),
                "authorization_header_format_invalid",
            ),
            (
                client.get(&url).bearer_auth("sk_test_other"),
                "clerk_key_invalid",
            ),
        ] {
            let answer = Answer::read(request).await;
            assert_eq!(answer.error(), fault(401, code, ""), "{path}");
        }
    }
}

#[tokio::test]
async fn a_route_that_the_document_lacks_is_marked() {
    let story = Story::begin().await;
    let answer = story.send("GET", "/nothing", None).await;
    assert_eq!(answer.error(), fault(404, "resource_not_found", ""));
    assert_eq!(answer.headers["x-emulator-gap"], "route");
    let trace_id = answer.json["clerk_trace_id"].as_str().expect("a trace id");
    assert_eq!(answer.headers["x-clerk-trace-id"], trace_id);
    assert_eq!(answer.headers["content-type"], "application/json");
}

#[tokio::test]
async fn invalid_bodies_have_the_codes_of_the_api() {
    let story = Story::begin().await;
    for (path, body, expected) in [
        (
            "/redirect_urls",
            json!({}),
            fault(422, "form_param_missing", "url"),
        ),
        (
            "/redirect_urls",
            json!({ "url": 1 }),
            fault(422, "form_param_type_invalid", "url"),
        ),
        (
            "/redirect_urls",
            json!({ "url": null }),
            fault(422, "form_param_nil", "url"),
        ),
        (
            "/redirect_urls",
            json!([]),
            fault(400, "request_body_invalid", ""),
        ),
        (
            "/users",
            json!({ "x": 1 }),
            fault(422, "form_param_unknown", "x"),
        ),
        (
            "/users",
            json!({ "banned": "x" }),
            fault(422, "form_param_type_invalid", "banned"),
        ),
    ] {
        let error = story.error("POST", path, Some(body.clone())).await;
        assert_eq!(error, expected, "{path} {body}");
    }
    let url = format!("{}/redirect_urls", story.emulator.url());
    let request = |content_type: &str, body: &'static str| {
        let request = reqwest::Client::new()
            .post(&url)
            .bearer_auth(story.emulator.key());
        request.header("content-type", content_type).body(body)
    };
    let answer = Answer::read(request("application/json", "{")).await;
    assert_eq!(answer.error(), fault(400, "request_body_invalid", ""));
    let answer = Answer::read(request("text/plain", "{}")).await;
    assert_eq!(answer.error(), fault(415, "unsupported_content_type", ""));
}

#[tokio::test]
async fn invalid_queries_have_the_codes_of_the_api() {
    let story = Story::begin().await;
    for (query, param) in [
        ("limit=0", "limit"),
        ("limit=x", "limit"),
        ("offset=-1", "offset"),
    ] {
        let (status, code, named) = story
            .error("GET", &format!("/redirect_urls?{query}"), None)
            .await;
        assert_eq!((status, &*named), (422, param), "{query}: {code}");
    }
}

#[tokio::test]
async fn lists_are_sorted_only_by_the_members_that_the_api_has_for_it() {
    let story = Story::begin().await;
    let (organization, _) = story.organization("one").await;
    let of_organization = |it: &str| format!("/organizations/{organization}/{it}");
    for (path, order_by) in [
        (of_organization("invitations"), "email_address"),
        (of_organization("memberships"), "-username"),
        ("/invitations".to_owned(), "expires_at"),
        ("/machines".to_owned(), "-name"),
        ("/oauth_applications".to_owned(), "%2Bname"),
        ("/organization_domains".to_owned(), "name"),
        ("/organization_invitations".to_owned(), "email_address"),
        ("/organization_memberships".to_owned(), "last_name"),
        ("/organization_permissions".to_owned(), "key"),
        ("/organization_roles".to_owned(), "-key"),
        ("/organizations".to_owned(), "members_count"),
        ("/role_sets".to_owned(), "key"),
        ("/users".to_owned(), "username"),
        ("/waitlist_entries".to_owned(), "invited_at"),
    ] {
        story.get(&format!("{path}?order_by={order_by}")).await;
        let error = story
            .error("GET", &format!("{path}?order_by=-id"), None)
            .await;
        let expected = fault(422, "form_param_value_invalid", "order_by");
        assert_eq!(error, expected, "{path}");
    }
}

#[tokio::test]
async fn a_deep_body_is_an_error() {
    let story = Story::begin().await;
    let mut body = Value::Null;
    for _ in 0..120 {
        body = json!({ "url": body });
    }
    let error = story.error("POST", "/redirect_urls", Some(body)).await;
    assert_eq!(error, fault(422, "form_param_type_invalid", "url"));
}

#[test]
fn requests_to_a_paused_emulator_wait_until_it_is_resumed() {
    let paused = Emulator::builder().paused().start_blocking();
    let mut emulator = paused.expect("a port is free");
    let mut connection = TcpStream::connect(emulator.address()).expect("it listens");
    let key = emulator.key();
    let request = format!(
        "GET /v1/users/count HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
         authorization: Bearer {key}\r\n\r\n"
    );
    let sent = connection.write_all(request.as_bytes());
    sent.expect("the request is sent");
    emulator.add_users(10_000);
    let seed = "users: [{ username: first }]";
    emulator.seed(seed).expect("the seed is valid");
    emulator.resume();
    let response = std::io::read_to_string(connection).expect("a response");
    assert!(response.contains("\"total_count\":10001"), "{response}");
}

#[test]
fn a_paused_emulator_can_be_stopped() {
    let paused = Emulator::builder().paused().start_blocking();
    drop(paused.expect("a port is free"));
}
