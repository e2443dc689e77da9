//! The control routes: what they do, and whom they refuse.

use clerk_emulator::Emulator;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Answer, Story, fault, id, ids};

/// Sends a request that must succeed, and returns its response.
pub(crate) async fn control(story: &Story, method: &str, route: &str, body: Value) -> Value {
    let body = Some(body).filter(|it| !it.is_null());
    let answer = story.control(method, route, body).await;
    assert_eq!(answer.status, StatusCode::OK, "{route}: {answer:#?}");
    answer.json
}

#[tokio::test]
async fn the_emulator_is_healthy() {
    let story = Story::begin().await;
    let health = control(&story, "GET", "health", Value::Null).await;
    assert_eq!(health["status"], "ok");
    assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
}

#[tokio::test]
async fn websites_are_refused() {
    let story = Story::begin().await;
    let address = story.emulator.address();
    let url = format!("http://{address}/_emulator/reset");
    let client = reqwest::Client::new();
    let own_origin = format!("http://{address}");
    for (name, value, expected) in [
        ("origin", "http://evil.example", 403),
        ("origin", "null", 403),
        ("origin", "http://localhost:3000", 403),
        ("origin", &own_origin, 200),
        // A name of the attacker that resolves to this machine.
        ("host", "evil.example", 403),
        ("host", "localhost.evil.example:4000", 403),
        ("host", "localhost", 200),
    ] {
        let answer = Answer::read(client.post(&url).header(name, value)).await;
        assert_eq!(answer.status.as_u16(), expected, "{name}: {value}");
    }
}

#[tokio::test]
async fn other_addresses_have_no_control_routes_unless_they_are_allowed() {
    let anywhere = "0.0.0.0:0".parse().expect("an address");
    let emulator = Emulator::listen(anywhere).expect("a port is free");
    let port = emulator.address().port();
    let url = format!("http://127.0.0.1:{port}/_emulator/health");
    let client = reqwest::Client::new();
    let answer = Answer::read(client.get(&url)).await;
    assert_eq!(answer.error(), fault(404, "control_disabled", ""));
    emulator.allow_remote_control();
    assert_eq!(Answer::read(client.get(&url)).await.status, StatusCode::OK);
    let answer = Answer::read(client.get(&url).header("host", "clerk:4000")).await;
    assert_eq!(answer.status, StatusCode::OK);
    let answer = Answer::read(client.get(&url).header("host", "evil.example")).await;
    assert_eq!(answer.error(), fault(403, "control_forbidden", ""));
}

#[tokio::test]
async fn mistakes_are_named() {
    let story = Story::begin().await;
    for (method, route, body, status, code) in [
        (
            "GET",
            "nothing",
            Value::Null,
            404,
            "control_route_not_found",
        ),
        (
            "POST",
            "nothing",
            Value::Null,
            404,
            "control_route_not_found",
        ),
        (
            "GET",
            "events?key=sk_test_x",
            Value::Null,
            404,
            "instance_not_found",
        ),
        (
            "POST",
            "faults",
            json!({ "kind": "flood" }),
            400,
            "control_request_invalid",
        ),
        ("POST", "clock", json!({}), 400, "control_request_invalid"),
        (
            "POST",
            "clock",
            json!({ "time": "noon" }),
            400,
            "control_request_invalid",
        ),
        (
            "POST",
            "clock",
            json!({ "advance_seconds": -1 }),
            400,
            "control_request_invalid",
        ),
        (
            "PATCH",
            "options",
            json!({ "preset": "new" }),
            400,
            "control_request_invalid",
        ),
        (
            "PATCH",
            "options",
            json!({ "user_quota": -1 }),
            400,
            "control_request_invalid",
        ),
        (
            "POST",
            "webhook_endpoints",
            json!({ "url": "https://a.example" }),
            400,
            "control_request_invalid",
        ),
        (
            "DELETE",
            "webhook_endpoints/ep_1",
            Value::Null,
            409,
            "control_request_refused",
        ),
        (
            "POST",
            "instances",
            json!({ "key": "sk_live_1" }),
            409,
            "control_request_refused",
        ),
        (
            "POST",
            "session_token",
            json!({}),
            400,
            "control_request_invalid",
        ),
        (
            "POST",
            "accept_invitation",
            json!({ "invitation_id": "inv_1" }),
            409,
            "control_request_refused",
        ),
        (
            "PUT",
            "snapshot",
            json!({ "version": 0 }),
            400,
            "control_request_invalid",
        ),
    ] {
        let body = Some(body).filter(|it| !it.is_null());
        let answer = story.control(method, route, body).await;
        assert_eq!(answer.error(), fault(status, code, ""), "{method} {route}");
    }
}

#[tokio::test]
async fn the_clock_is_set_and_advanced() {
    let story = Story::begin().await;
    let time = json!({ "time": "2030-01-01T00:00:00Z" });
    let set = control(&story, "POST", "clock", time).await;
    let start = set["now"].as_i64().expect("a time");
    assert!(start >= 1_893_456_000_000, "{start}");
    control(&story, "POST", "clock", json!({ "advance_seconds": 3600 })).await;
    let now = control(&story, "GET", "clock", Value::Null).await;
    assert!(now["now"].as_i64() >= Some(start + 3_600_000), "{now}");
    for _ in 0..2 {
        let far = json!({ "advance_seconds": 1e300 });
        let end = control(&story, "POST", "clock", far).await;
        assert_eq!(end["now"], 253_402_300_799_999_i64);
    }
}

#[tokio::test]
async fn reset_returns_to_the_beginning_and_keeps_the_keys() {
    let story = Story::begin().await;
    let before = story.get("/jwks").await;
    story.user("ann@example.com").await;
    control(&story, "POST", "reset", Value::Null).await;
    assert_eq!(story.get("/users").await, json!([]));
    assert_eq!(story.emulator.events().len(), 0);
    assert_eq!(story.get("/jwks").await, before);
    // The instance has what it began with.
    let roles = story.get("/organization_roles").await;
    assert_eq!(roles["total_count"], 2);
}

#[tokio::test]
async fn instances_are_added_and_their_keys_are_redacted() {
    let story = Story::begin().await;
    let body = json!({ "key": "sk_test_another_one", "options": { "preset": "new" } });
    let added = control(&story, "POST", "instances", body.clone()).await;
    assert_eq!(added["is_new"], true);
    let again = control(&story, "POST", "instances", body).await;
    assert_eq!(again["is_new"], false);
    let instances = control(&story, "GET", "instances", Value::Null).await;
    assert_eq!(instances[0]["key"], "sk_test_…one");
    assert_eq!(instances[0]["options"]["preset"], "new");
    let answer = story
        .send_as("sk_test_another_one", "GET", "/organizations", None)
        .await;
    assert_eq!(answer.error().1, "organization_not_enabled_in_instance");
}

#[tokio::test]
async fn requests_and_events_are_read_without_secrets() {
    let story = Story::begin().await;
    let body = json!({ "username": "alice", "password": "correct horse battery" });
    let user = story.post("/users", body).await;
    story.emulator.add_key("sk_test_other");
    story.send_as("sk_test_other", "GET", "/users", None).await;
    let requests = control(&story, "GET", "requests", Value::Null).await;
    assert_eq!(requests.as_array().map(Vec::len), Some(1), "{requests:#}");
    assert_eq!(requests[0]["path"], "/v1/users");
    assert_eq!(requests[0]["body"]["username"], "alice");
    let text = requests.to_string();
    assert!(!text.contains("correct horse"), "{text}");
    assert!(!text.contains(story.emulator.key()), "{text}");
    let events = control(&story, "GET", "events", Value::Null).await;
    assert_eq!(events[0]["type"], "user.created");
    assert_eq!(events[0]["body"]["data"]["id"], user["id"]);
    let other = control(&story, "GET", "events?key=sk_test_other", Value::Null).await;
    assert_eq!(other, json!([]));
}

#[tokio::test]
async fn webhook_endpoints_are_added_listed_and_removed() {
    let story = Story::begin().await;
    let body = json!({ "url": "http://127.0.0.1:9/hook" });
    let added = control(&story, "POST", "webhook_endpoints", body).await;
    assert!(
        added["secret"]
            .as_str()
            .is_some_and(|it| it.starts_with("whsec_"))
    );
    let list = control(&story, "GET", "webhook_endpoints", Value::Null).await;
    assert_eq!(list, json!([{ "id": added["id"], "url": added["url"] }]));
    let route = format!("webhook_endpoints/{}", id(&added));
    let deleted = control(&story, "DELETE", &route, Value::Null).await;
    assert_eq!(deleted["deleted"], 1);
    let list = control(&story, "GET", "webhook_endpoints", Value::Null).await;
    assert_eq!(ids(&list), Vec::<String>::new());
}

#[tokio::test]
async fn keys_are_rotated() {
    let story = Story::begin().await;
    let old = story.get("/jwks").await;
    let rotated = control(&story, "POST", "rotate_key", Value::Null).await;
    let both = story.get("/jwks").await;
    assert_eq!(both["keys"][0]["kid"], rotated["kid"]);
    assert_eq!(both["keys"][1], old["keys"][0]);
    let body = json!({ "drop_old": true });
    let newest = control(&story, "POST", "rotate_key", body).await;
    let keys = story.get("/jwks").await;
    assert_eq!(keys["keys"].as_array().map(Vec::len), Some(1));
    assert_eq!(keys["keys"][0]["kid"], newest["kid"]);
}
