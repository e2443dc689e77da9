//! The span of each call: what it says, and what it must not say.

mod support;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use clerk_sdk::{Backend, BackendError, BackendFuture, ClientConfig, Error, RetryPolicy, user};
use futures_util::FutureExt;
use support::Recorder;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

type Fields = BTreeMap<String, String>;

/// An event, and the span that it is in.
type Within = (Option<u64>, Fields);

/// Keeps every span with its fields, and every event.
#[derive(Clone, Default)]
struct Spans {
    fields: Arc<Mutex<BTreeMap<u64, Fields>>>,
    events: Arc<Mutex<Vec<Within>>>,
}

struct Into<'f>(&'f mut Fields);

impl Visit for Into<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }
}

impl<S: Subscriber + for<'s> LookupSpan<'s>> Layer<S> for Spans {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut all = self.fields.lock().expect("no test panicked here");
        let fields = all.entry(id.into_u64()).or_default();
        fields.insert(
            "target".to_owned(),
            attributes.metadata().target().to_owned(),
        );
        if let Some(parent) = context.span(id).and_then(|span| span.parent()) {
            fields.insert("parent".to_owned(), parent.name().to_owned());
        }
        attributes.record(&mut Into(fields));
    }

    fn on_record(&self, id: &Id, record: &Record<'_>, _: Context<'_, S>) {
        let mut all = self.fields.lock().expect("no test panicked here");
        record.record(&mut Into(all.entry(id.into_u64()).or_default()));
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if event.metadata().target() != "clerk_sdk" {
            return;
        }
        let mut fields = Fields::new();
        event.record(&mut Into(&mut fields));
        let span = context.event_span(event).map(|span| span.id().into_u64());
        self.events
            .lock()
            .expect("no test panicked here")
            .push((span, fields));
    }
}

impl Spans {
    /// The one span of this crate.
    fn only(&self) -> Fields {
        let all = self.fields.lock().expect("no test panicked here");
        let mut own = all
            .values()
            .filter(|fields| fields["target"] == "clerk_sdk");
        let only = own.next().expect("a span").clone();
        assert!(own.next().is_none(), "one call has one span");
        only
    }
}

/// What a call's span and events say.
async fn traced(recorder: &Recorder, policy: RetryPolicy) -> Spans {
    let spans = Spans::default();
    let subscriber = tracing_subscriber::registry().with(spans.clone());
    let _guard = tracing::subscriber::set_default(subscriber);
    let config: ClientConfig = recorder
        .config()
        .retry(policy)
        .header("x-own", "secret_header");
    let client = user::Client::new(config);
    let params = user::UpdateParams::new()
        .first_name("Ada")
        .password("hunter2hunter2");
    let _ = client.update("user_secret", &params).await;
    spans
}

fn answering(status: u16, body: &'static str) -> Recorder {
    Recorder::with(move || {
        let response = http::Response::builder()
            .status(status)
            .header("clerk-trace-id", "trace_1");
        response
            .body(bytes::Bytes::from_static(body.as_bytes()))
            .expect("a response")
    })
}

#[tokio::test]
async fn a_call_has_one_span_with_the_names_of_opentelemetry() {
    let span = traced(&answering(200, "{}"), RetryPolicy::none())
        .await
        .only();
    let expected = [
        ("clerk.trace_id", "trace_1"),
        ("http.request.method", "PATCH"),
        ("http.response.status_code", "200"),
        ("otel.kind", "client"),
        ("otel.name", "PATCH /users/{user_id}"),
        ("server.address", "api.clerk.com"),
        ("server.port", "443"),
        ("target", "clerk_sdk"),
        ("url.scheme", "https"),
        ("url.template", "/users/{user_id}"),
    ];
    let mut span = span;
    let duration = span
        .remove("http.client.request.duration")
        .expect("a duration");
    assert!(
        duration.parse::<f64>().is_ok_and(|it| it >= 0.0),
        "{duration}"
    );
    let span: Vec<(&str, &str)> = span
        .iter()
        .map(|(name, value)| (&**name, &**value))
        .collect();
    assert_eq!(span, expected);
}

#[tokio::test(start_paused = true)]
async fn a_failure_says_its_kind_and_how_often_the_call_was_made_again() {
    let body = r#"{"errors":[{"code":"c","message":"ada@example.com is taken"}]}"#;
    let spans = traced(&answering(429, body), RetryPolicy::new().max_attempts(3)).await;
    let span = spans.only();
    assert_eq!(span["otel.status_code"], "ERROR");
    assert_eq!(span["error.type"], "429");
    assert_eq!(span["http.response.status_code"], "429");
    assert_eq!(span["http.request.resend_count"], "2");
    let events = spans.events.lock().expect("no test panicked here").clone();
    assert_eq!(events.len(), 2);
    for (within, event) in events {
        assert!(within.is_some());
        assert_eq!(event["reason"], "429");
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_secret_or_personal_is_said() {
    let body =
        r#"{"errors":[{"code":"c","message":"ada@example.com is taken"}],"first_name":"Ada"}"#;
    for status in [200, 422, 429, 503] {
        let policy = RetryPolicy::new().backoff(Duration::ZERO, Duration::ZERO);
        let spans = traced(&answering(status, body), policy).await;
        let all = format!(
            "{:?} {:?}",
            spans.fields.lock().expect("no panic"),
            spans.events.lock().expect("no panic")
        );
        assert!(all.contains("clerk_sdk"));
        for secret in [
            "sk_test",
            "user_secret",
            "ada@",
            "Ada",
            "hunter2",
            "secret_header",
            "taken",
        ] {
            assert!(!all.contains(secret), "{secret}: {all}");
        }
    }
}

#[tokio::test]
async fn a_call_that_cannot_be_sent_has_no_span_that_says_it_was() {
    let spans = Spans::default();
    let subscriber = tracing_subscriber::registry().with(spans.clone());
    let _guard = tracing::subscriber::set_default(subscriber);
    let recorder = Recorder::answering(200, "{}");
    user::Client::new(recorder.config())
        .get("")
        .await
        .expect_err("an empty id");
    assert!(spans.fields.lock().expect("no panic").is_empty());
}

#[tokio::test]
async fn an_answer_that_does_not_decode_is_a_failure_of_the_span() {
    let spans = traced(
        &answering(200, "<html>the front of a proxy</html>"),
        RetryPolicy::none(),
    )
    .await;
    let span = spans.only();
    assert_eq!(span["http.response.status_code"], "200");
    assert_eq!(span["otel.status_code"], "ERROR");
    assert_eq!(span["error.type"], "decode");
    assert!(!format!("{span:?}").contains("html"));
}

/// Answers nothing, ever.
struct Silent;

impl Backend for Silent {
    fn send(&self, _: http::Request<Bytes>) -> BackendFuture<'_> {
        Box::pin(std::future::pending())
    }
}

/// Breaks off the first time, and has no connection from then on.
#[derive(Default)]
struct Failing(AtomicBool);

impl Backend for Failing {
    fn send(&self, _: http::Request<Bytes>) -> BackendFuture<'_> {
        let error = match self.0.swap(true, Ordering::Relaxed) {
            false => BackendError::new("reset"),
            true => BackendError::connect("refused"),
        };
        Box::pin(async { Err(error) })
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_of_the_kind_of_its_last_attempt() {
    let spans = Spans::default();
    let subscriber = tracing_subscriber::registry().with(spans.clone());
    let _guard = tracing::subscriber::set_default(subscriber);
    let config = ClientConfig::new("sk_test_1").backend(Failing::default());
    let error = user::Client::new(config).get("user_1").await;
    let error = error.expect_err("no attempt succeeds");
    assert!(error.may_have_happened(), "the first one may have");
    assert_eq!(spans.only()["error.type"], "connect");
}

#[tokio::test]
async fn a_call_that_is_dropped_half_way_was_cancelled() {
    let spans = Spans::default();
    let subscriber = tracing_subscriber::registry().with(spans.clone());
    let _guard = tracing::subscriber::set_default(subscriber);
    let client = user::Client::new(ClientConfig::new("sk_test_1").backend(Silent));
    let polled_once = client.get("user_1").now_or_never();
    assert!(polled_once.is_none());
    let span = spans.only();
    assert_eq!(span["otel.status_code"], "ERROR");
    assert_eq!(span["error.type"], "cancelled");
    assert!(span.contains_key("http.client.request.duration"));
}

#[test]
fn a_blocking_call_is_seen_where_it_is_made_within_the_span_of_its_caller() {
    let spans = Spans::default();
    let subscriber = tracing_subscriber::registry().with(spans.clone());
    let client = user::Client::new(answering(200, "<html>").config());
    let error = tracing::subscriber::with_default(subscriber, || {
        tracing::info_span!(target: "own", "handling a request")
            .in_scope(|| client.get("user_1").blocking())
    });
    assert!(matches!(error, Err(Error::Decode(_))));
    let span = spans.only();
    assert_eq!(span["parent"], "handling a request");
    assert_eq!(span["error.type"], "decode");
}

#[test]
fn a_blocking_call_that_panics_says_so() {
    let spans = Spans::default();
    let subscriber = tracing_subscriber::registry().with(spans.clone());
    let recorder = Recorder::with(|| panic!("on purpose"));
    let client = user::Client::new(recorder.config());
    tracing::subscriber::with_default(subscriber, || client.get("user_1").blocking())
        .expect_err("it panicked");
    assert_eq!(spans.only()["error.type"], "panic");
}
