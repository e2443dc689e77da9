//! Webhooks, received by a server of the test's own.

use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::{Value, json};
use standardwebhooks::Webhook;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::support::Story;

/// What an endpoint received.
type Message = (HeaderMap, Bytes);

/// Starts an endpoint that responds with these statuses, and then with 204.
async fn endpoint(statuses: &[u16]) -> (String, UnboundedReceiver<Message>) {
    let (sender, receiver) = unbounded_channel();
    let statuses = statuses
        .iter()
        .map(|it| StatusCode::from_u16(*it).expect("a status"));
    let statuses: Vec<StatusCode> = statuses.collect();
    let statuses = std::sync::Arc::new(std::sync::Mutex::new(statuses.into_iter()));
    let receive = async move |headers: HeaderMap, body: Bytes| {
        sender.send((headers, body)).expect("the test still runs");
        let status = statuses.lock().expect("no panic").next();
        (
            status.unwrap_or(StatusCode::NO_CONTENT),
            [("location", "/other")],
        )
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port is free");
    let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
    let router: Router = Router::new().route("/hook", post(receive));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, receiver)
}

async fn next(receiver: &mut UnboundedReceiver<Message>) -> Message {
    let message = tokio::time::timeout(Duration::from_secs(30), receiver.recv()).await;
    message
        .expect("a message arrives in time")
        .expect("the endpoint runs")
}

/// Advances the emulator's clock until a message arrives.
async fn next_retry(story: &Story, receiver: &mut UnboundedReceiver<Message>) -> Message {
    for _ in 0..600 {
        let message = tokio::time::timeout(Duration::from_millis(50), receiver.recv()).await;
        if let Ok(message) = message {
            return message.expect("the endpoint runs");
        }
        story.emulator.advance_time(Duration::from_secs(6));
    }
    panic!("no message arrives");
}

fn header<'m>((headers, _): &'m Message, name: &str) -> &'m str {
    headers[name].to_str().expect("text")
}

/// Verifies a message with an independent library, whose names of headers are others.
fn verify(secret: &str, message: &Message) -> Value {
    let mut headers = HeaderMap::new();
    for name in ["id", "timestamp", "signature"] {
        let value = message.0[format!("svix-{name}").as_str()].clone();
        let name = format!("webhook-{name}");
        headers.insert(
            axum::http::HeaderName::try_from(name).expect("a name"),
            value,
        );
    }
    let webhook = Webhook::new(secret).expect("the secret is valid");
    webhook
        .verify(&message.1, &headers)
        .expect("the signature is valid");
    serde_json::from_slice(&message.1).expect("the body is JSON")
}

#[tokio::test]
async fn events_are_signed_and_delivered_in_order() {
    let story = Story::begin().await;
    story
        .post("/organizations", json!({ "name": "before" }))
        .await;
    let (url, mut receiver) = endpoint(&[]).await;
    let secret = story.emulator.add_webhook_endpoint(&url);
    assert!(secret.starts_with("whsec_"), "{secret}");
    let organization = story.post("/organizations", json!({ "name": "one" })).await;
    story
        .delete(&format!(
            "/organizations/{}",
            organization["id"].as_str().expect("an id")
        ))
        .await;

    let message = next(&mut receiver).await;
    assert_eq!(header(&message, "content-type"), "application/json");
    let event = verify(&secret, &message);
    assert_eq!(event["type"], "organization.created");
    assert_eq!(event["data"], organization);
    assert_eq!(event["object"], "event");
    let events = story.emulator.events();
    assert_eq!(header(&message, "svix-id"), events[1].message_id);
    let event = verify(&secret, &next(&mut receiver).await);
    assert_eq!(event["type"], "organization.deleted");
}

#[tokio::test]
async fn a_message_is_retried_and_then_given_up() {
    let story = Story::begin().await;
    let (url, mut receiver) = endpoint(&[500, 307, 404, 500]).await;
    story.emulator.add_webhook_endpoint(&url);
    story.post("/organizations", json!({ "name": "one" })).await;
    story.post("/organizations", json!({ "name": "two" })).await;
    let mut messages = Vec::new();
    for _ in 0..5 {
        messages.push(next_retry(&story, &mut receiver).await);
    }
    let names: Vec<Value> = messages
        .iter()
        .map(|it| {
            let event: Value = serde_json::from_slice(&it.1).expect("JSON");
            event["data"]["name"].clone()
        })
        .collect();
    assert_eq!(names, ["one", "one", "one", "two", "two"]);
    let ids: Vec<&str> = messages.iter().map(|it| header(it, "svix-id")).collect();
    assert_eq!((ids[0], ids[0], ids[3]), (ids[1], ids[2], ids[4]));
    assert_ne!(ids[0], ids[3]);
    assert_ne!(
        header(&messages[0], "svix-timestamp"),
        header(&messages[2], "svix-timestamp")
    );
}

#[tokio::test]
async fn an_unreachable_endpoint_does_not_disturb_others() {
    let story = Story::begin().await;
    story
        .emulator
        .add_webhook_endpoint("http://127.0.0.1:1/hook");
    story.emulator.add_webhook_endpoint("not a URL");
    let (url, mut receiver) = endpoint(&[]).await;
    let secret = story.emulator.add_webhook_endpoint(&url);
    story.post("/organizations", json!({ "name": "one" })).await;
    verify(&secret, &next(&mut receiver).await);
}
