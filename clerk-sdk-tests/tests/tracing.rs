//! Tests of the tracing span of each call: the fields it has, and the data it must not contain.

mod support;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use clerk_sdk::{Backend, BackendError, BackendFuture, ClientConfig, Error, RetryPolicy, user};
use futures_util::FutureExt;
use support::MockBackend;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

type Fields = BTreeMap<String, String>;

/// The id of the span that an event belongs to, and the fields of the event.
type EventInSpan = (Option<u64>, Fields);

/// A layer that records the fields of all spans and events.
#[derive(Clone, Default)]
struct RecordingLayer {
    spans: Arc<Mutex<BTreeMap<u64, Fields>>>,
    events: Arc<Mutex<Vec<EventInSpan>>>,
}

/// Writes visited fields to a map.
struct FieldVisitor<'f>(&'f mut Fields);

impl Visit for FieldVisitor<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }
}

impl<S: Subscriber + for<'s> LookupSpan<'s>> Layer<S> for RecordingLayer {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut all = self.spans.lock().expect("the mutex is not poisoned");
        let fields = all.entry(id.into_u64()).or_default();
        fields.insert(
            "target".to_owned(),
            attributes.metadata().target().to_owned(),
        );
        if let Some(parent) = context.span(id).and_then(|span| span.parent()) {
            fields.insert("parent".to_owned(), parent.name().to_owned());
        }
        attributes.record(&mut FieldVisitor(fields));
    }

    fn on_record(&self, id: &Id, record: &Record<'_>, _: Context<'_, S>) {
        let mut all = self.spans.lock().expect("the mutex is not poisoned");
        record.record(&mut FieldVisitor(all.entry(id.into_u64()).or_default()));
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if event.metadata().target() != "clerk_sdk" {
            return;
        }
        let mut fields = Fields::new();
        event.record(&mut FieldVisitor(&mut fields));
        let span = context.event_span(event).map(|span| span.id().into_u64());
        self.events
            .lock()
            .expect("the mutex is not poisoned")
            .push((span, fields));
    }
}

impl RecordingLayer {
    /// Returns the only span of this crate.
    fn only_span(&self) -> Fields {
        let all = self.spans.lock().expect("the mutex is not poisoned");
        let mut spans = all
            .values()
            .filter(|fields| fields["target"] == "clerk_sdk");
        let only = spans.next().expect("a span").clone();
        assert!(spans.next().is_none(), "one call has one span");
        only
    }
}

/// Makes a call, and returns its spans and events.
async fn record_call(backend: &MockBackend, policy: RetryPolicy) -> RecordingLayer {
    let recorded = RecordingLayer::default();
    let subscriber = tracing_subscriber::registry().with(recorded.clone());
    let _guard = tracing::subscriber::set_default(subscriber);
    let config: ClientConfig = backend
        .config()
        .retry(policy)
        .header("x-custom", "secret_header");
    let client = user::Client::new(config);
    let params = user::UpdateParams::new()
        .first_name("Ada")
        .password("hunter2hunter2");
    let _ = client.update("user_secret", &params).await;
    recorded
}

fn responding(status: u16, body: &'static str) -> MockBackend {
    MockBackend::with(move || {
        let response = http::Response::builder()
            .status(status)
            .header("clerk-trace-id", "trace_1");
        response
            .body(bytes::Bytes::from_static(body.as_bytes()))
            .expect("a response")
    })
}

#[tokio::test]
async fn a_call_has_one_span_with_the_field_names_of_opentelemetry() {
    let span = record_call(
        &responding(200, r#"{"id":"1","data":[]}"#),
        RetryPolicy::none(),
    )
    .await
    .only_span();
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
async fn a_failed_call_records_its_error_type_and_its_retries() {
    let body = r#"{"errors":[{"code":"c","message":"ada@example.com is taken"}]}"#;
    let recorded = record_call(&responding(429, body), RetryPolicy::new().max_attempts(3)).await;
    let span = recorded.only_span();
    assert_eq!(span["otel.status_code"], "ERROR");
    assert_eq!(span["error.type"], "429");
    assert_eq!(span["http.response.status_code"], "429");
    assert_eq!(span["http.request.resend_count"], "2");
    let events = recorded
        .events
        .lock()
        .expect("the mutex is not poisoned")
        .clone();
    assert_eq!(events.len(), 2);
    for (span, event) in events {
        assert!(span.is_some());
        assert_eq!(event["reason"], "429");
    }
}

#[tokio::test(start_paused = true)]
async fn spans_and_events_contain_no_secrets_and_no_personal_data() {
    let body =
        r#"{"errors":[{"code":"c","message":"ada@example.com is taken"}],"first_name":"Ada"}"#;
    for status in [200, 422, 429, 503] {
        let policy = RetryPolicy::new().backoff(Duration::ZERO, Duration::ZERO);
        let recorded = record_call(&responding(status, body), policy).await;
        let all = format!(
            "{:?} {:?}",
            recorded.spans.lock().expect("the mutex is not poisoned"),
            recorded.events.lock().expect("the mutex is not poisoned")
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
async fn a_call_with_an_invalid_argument_has_no_span() {
    let recorded = RecordingLayer::default();
    let subscriber = tracing_subscriber::registry().with(recorded.clone());
    let _guard = tracing::subscriber::set_default(subscriber);
    let backend = MockBackend::responding(200, r#"{"id":"1","data":[]}"#);
    user::Client::new(backend.config())
        .get("")
        .await
        .expect_err("an empty id");
    assert!(
        recorded
            .spans
            .lock()
            .expect("the mutex is not poisoned")
            .is_empty()
    );
}

#[tokio::test]
async fn a_response_that_cannot_be_decoded_is_recorded_as_an_error() {
    let recorded = record_call(
        &responding(200, "<html>the error page of a proxy</html>"),
        RetryPolicy::none(),
    )
    .await;
    let span = recorded.only_span();
    assert_eq!(span["http.response.status_code"], "200");
    assert_eq!(span["otel.status_code"], "ERROR");
    assert_eq!(span["error.type"], "decode");
    assert!(!format!("{span:?}").contains("html"));
}

/// A backend that never responds.
struct PendingBackend;

impl Backend for PendingBackend {
    fn send(&self, _: http::Request<Bytes>) -> BackendFuture<'_> {
        Box::pin(std::future::pending())
    }
}

/// A backend that fails after sending the first request, and cannot connect after that.
#[derive(Default)]
struct FailingBackend(AtomicBool);

impl Backend for FailingBackend {
    fn send(&self, _: http::Request<Bytes>) -> BackendFuture<'_> {
        let error = match self.0.swap(true, Ordering::Relaxed) {
            false => BackendError::new("reset"),
            true => BackendError::connect("refused"),
        };
        Box::pin(async { Err(error) })
    }
}

#[tokio::test(start_paused = true)]
async fn the_span_says_that_the_retry_budget_was_exhausted() {
    for (budget, exhausted) in [
        (
            clerk_sdk::RetryBudget::new().reserve(0).percent(0),
            Some("true"),
        ),
        (clerk_sdk::RetryBudget::new(), None),
    ] {
        let recorded = RecordingLayer::default();
        let subscriber = tracing_subscriber::registry().with(recorded.clone());
        let _guard = tracing::subscriber::set_default(subscriber);
        let config = ClientConfig::new("sk_test_1").backend(FailingBackend::default());
        let client = user::Client::new(config.retry_budget(budget));
        client.get("user_1").await.expect_err("every attempt fails");
        let span = recorded.only_span();
        let recorded = span.get("clerk.retry_budget_exhausted").map(String::as_str);
        assert_eq!(recorded, exhausted);
    }
}

#[tokio::test(start_paused = true)]
async fn the_error_type_is_that_of_the_last_attempt() {
    let recorded = RecordingLayer::default();
    let subscriber = tracing_subscriber::registry().with(recorded.clone());
    let _guard = tracing::subscriber::set_default(subscriber);
    let config = ClientConfig::new("sk_test_1").backend(FailingBackend::default());
    let error = user::Client::new(config).get("user_1").await;
    let error = error.expect_err("every attempt fails");
    assert!(
        error.may_have_happened(),
        "the first attempt may have happened"
    );
    assert_eq!(recorded.only_span()["error.type"], "connect");
}

#[tokio::test]
async fn a_dropped_call_is_recorded_as_cancelled() {
    let recorded = RecordingLayer::default();
    let subscriber = tracing_subscriber::registry().with(recorded.clone());
    let _guard = tracing::subscriber::set_default(subscriber);
    let client = user::Client::new(ClientConfig::new("sk_test_1").backend(PendingBackend));
    let polled_once = client.get("user_1").now_or_never();
    assert!(polled_once.is_none());
    let span = recorded.only_span();
    assert_eq!(span["otel.status_code"], "ERROR");
    assert_eq!(span["error.type"], "cancelled");
    assert!(span.contains_key("http.client.request.duration"));
}

#[test]
fn the_span_of_a_blocking_call_is_a_child_of_its_callers_span() {
    let recorded = RecordingLayer::default();
    let subscriber = tracing_subscriber::registry().with(recorded.clone());
    let client = user::Client::new(responding(200, "<html>").config());
    let error = tracing::subscriber::with_default(subscriber, || {
        tracing::info_span!(target: "own", "handling a request")
            .in_scope(|| client.get("user_1").blocking())
    });
    assert!(matches!(error, Err(Error::Decode(_))));
    let span = recorded.only_span();
    assert_eq!(span["parent"], "handling a request");
    assert_eq!(span["error.type"], "decode");
}

#[test]
fn a_panic_in_a_blocking_call_is_recorded() {
    let recorded = RecordingLayer::default();
    let subscriber = tracing_subscriber::registry().with(recorded.clone());
    let backend = MockBackend::with(|| panic!("on purpose"));
    let client = user::Client::new(backend.config());
    tracing::subscriber::with_default(subscriber, || client.get("user_1").blocking())
        .expect_err("the backend panics");
    assert_eq!(recorded.only_span()["error.type"], "panic");
}
