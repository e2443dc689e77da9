//! Faults on demand, as clients see them.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use clerk_emulator::Fault;
use serde_json::{Value, json};

use crate::support::{Story, fault};

#[tokio::test]
async fn an_error_happens_once_and_has_no_effect() {
    let story = Story::begin().await;
    story
        .emulator
        .add_fault(Fault::error(503, "unavailable").on("POST", "/v1/users"));
    // Another operation is not affected.
    story.get("/users").await;
    let body = json!({ "username": "alice" });
    let answer = story.send("POST", "/users", Some(&body)).await;
    assert_eq!(answer.error(), fault(503, "unavailable", ""));
    assert_eq!(story.get("/users").await, json!([]));
    story.post("/users", body).await;
}

#[tokio::test]
async fn faults_happen_several_times_or_always() {
    let story = Story::begin().await;
    let template = Fault::error(500, "oops").on("GET", "/users/{user_id}");
    story.emulator.add_fault(template.clone().times(2));
    let user = story.user("ann@example.com").await;
    let path = format!("/users/{user}");
    for _ in 0..2 {
        let error = story.error("GET", &path, None).await;
        assert_eq!(error, fault(500, "oops", ""));
    }
    story.get(&path).await;
    story.emulator.add_fault(template.always());
    for _ in 0..3 {
        story.error("GET", &path, None).await;
    }
    story.emulator.clear_faults();
    story.get(&path).await;
}

#[tokio::test]
async fn a_rate_limit_says_when_to_try_again() {
    let story = Story::begin().await;
    story.emulator.add_fault(Fault::rate_limited(7));
    let answer = story.send("GET", "/users", None).await;
    assert_eq!(answer.error(), fault(429, "too_many_requests", ""));
    assert_eq!(answer.headers["retry-after"], "7");
}

#[tokio::test]
async fn a_response_is_late() {
    let story = Story::begin().await;
    let by = Duration::from_millis(50);
    story.emulator.add_fault(Fault::latency(by));
    let start = Instant::now();
    story.get("/users").await;
    assert!(start.elapsed() >= by);
}

#[tokio::test]
async fn a_body_trickles_and_is_complete() {
    let story = Story::begin().await;
    let whole = story.get("/organization_roles").await;
    let pause = Duration::from_micros(1);
    story.emulator.add_fault(Fault::trickle(pause));
    assert_eq!(story.get("/organization_roles").await, whole);
}

#[tokio::test]
async fn a_stalled_request_gets_no_response() {
    let story = Story::begin().await;
    story.emulator.add_fault(Fault::stall());
    let request = story.send("GET", "/users", None);
    let limit = Duration::from_millis(100);
    assert!(tokio::time::timeout(limit, request).await.is_err());
    story.get("/users").await;
}

#[tokio::test]
async fn a_connection_is_reset() {
    let story = Story::begin().await;
    story.emulator.add_fault(Fault::reset());
    let mut stream = TcpStream::connect(story.emulator.address()).expect("a connection");
    let request = format!(
        "GET /v1/users HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\n\r\n",
        story.emulator.key()
    );
    stream
        .write_all(request.as_bytes())
        .expect("the request is sent");
    let mut received = Vec::new();
    let error = stream.read_to_end(&mut received).expect_err("a reset");
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    assert_eq!(received, b"");
    story.get("/users").await;
}

#[tokio::test]
async fn faults_are_added_and_removed_over_http() {
    let story = Story::begin().await;
    let added =
        json!({ "kind": "error", "status": 502, "code": "bad", "path": "/users", "times": null });
    story.control("POST", "faults", Some(added)).await;
    let list = story.control("GET", "faults", None).await.json;
    assert_eq!(list[0]["status"], 502);
    assert_eq!(list[0]["times"], Value::Null);
    for _ in 0..2 {
        assert_eq!(
            story.error("GET", "/users", None).await,
            fault(502, "bad", "")
        );
    }
    story.control("DELETE", "faults", None).await;
    story.get("/users").await;
}
