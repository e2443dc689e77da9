//! Webhooks, received by a server of the test's own.

use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use clerk_emulator::{DeliveryMode, RetrySchedule, WebhookOptions};
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

/// Returns the name of the organization that a message is about.
fn name(message: &Message) -> Value {
    let event: Value = serde_json::from_slice(&message.1).expect("JSON");
    event["data"]["name"].clone()
}

async fn create(story: &Story, names: &[&str]) {
    for name in names {
        story.post("/organizations", json!({ "name": name })).await;
    }
}

#[tokio::test]
async fn the_retries_of_svix_take_more_than_a_day() {
    let story = Story::begin().await;
    let (url, mut receiver) = endpoint(&[500; 8]).await;
    let options = WebhookOptions::new().retries(RetrySchedule::Svix);
    story.emulator.add_webhook_endpoint_with(&url, options);
    let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
    create(&story, &["one", "two"]).await;
    let first = next(&mut receiver).await;
    let delays = [
        Duration::from_secs(5),
        minutes(5),
        minutes(30),
        minutes(120),
        minutes(300),
        minutes(600),
        minutes(600),
    ];
    let mut sent: i64 = header(&first, "svix-timestamp").parse().expect("seconds");
    for delay in delays {
        let message = retry_after(&story, &mut receiver, delay).await;
        assert_eq!(header(&message, "svix-id"), header(&first, "svix-id"));
        let now: i64 = header(&message, "svix-timestamp").parse().expect("seconds");
        let expected = i64::try_from(delay.as_secs()).expect("a small number");
        assert!(now - sent >= expected - 1, "{now} {sent} {expected}");
        sent = now;
    }
    assert_eq!(name(&next(&mut receiver).await), "two");
}

/// Advances the emulator's clock in steps that are far shorter than `delay` until a message arrives.
async fn retry_after(
    story: &Story,
    receiver: &mut UnboundedReceiver<Message>,
    delay: Duration,
) -> Message {
    for _ in 0..1000 {
        let message = tokio::time::timeout(Duration::from_millis(20), receiver.recv()).await;
        if let Ok(message) = message {
            return message.expect("the endpoint runs");
        }
        story.emulator.advance_time(delay / 4);
    }
    panic!("no message arrives");
}

#[tokio::test]
async fn events_are_delivered_twice_or_not_at_all_on_request() {
    let story = Story::begin().await;
    let (url, mut doubled) = endpoint(&[]).await;
    let options = WebhookOptions::new().delivery(DeliveryMode::Doubled);
    story.emulator.add_webhook_endpoint_with(&url, options);
    let (url, mut dropped) = endpoint(&[]).await;
    let body = json!({ "url": url, "delivery": "drop 2" });
    let added = story.control("POST", "webhook_endpoints", Some(body)).await;
    assert!(added.status.is_success(), "{added:#?}");
    create(&story, &["one", "two", "three"]).await;
    let mut ids = Vec::new();
    for expected in ["one", "one", "two", "two", "three", "three"] {
        let message = next(&mut doubled).await;
        assert_eq!(name(&message), expected);
        ids.push(header(&message, "svix-id").to_owned());
    }
    assert_eq!(ids[0], ids[1]);
    assert_ne!(ids[1], ids[2]);
    assert_eq!(name(&next(&mut dropped).await), "three");
    for body in [
        json!({ "url": url, "delivery": "drop all" }),
        json!({ "url": url, "retries": "never" }),
    ] {
        let refused = story.control("POST", "webhook_endpoints", Some(body)).await;
        assert_eq!(refused.status.as_u16(), 400, "{refused:#?}");
    }
}

#[tokio::test]
async fn events_arrive_in_another_order_on_request() {
    let story = Story::begin().await;
    let (url, mut receiver) = endpoint(&[]).await;
    let options = WebhookOptions::new().delivery(DeliveryMode::Shuffled);
    story
        .emulator
        .set_time(std::time::UNIX_EPOCH + Duration::from_secs(1_800_000_000));
    story.emulator.add_webhook_endpoint_with(&url, options);
    let names = ["one", "two", "three", "four"];
    create(&story, &names).await;
    let mut arrived = Vec::new();
    for _ in names {
        let message = next_retry(&story, &mut receiver).await;
        arrived.push(name(&message).as_str().expect("a name").to_owned());
    }
    assert_ne!(arrived, names);
    arrived.sort_unstable();
    assert_eq!(arrived, ["four", "one", "three", "two"]);
}
