//! Tests of the user's own backends, and of the rate limits that a user implements.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use clerk_sdk::{
    BackendError, Body, Clerk, ClientConfig, Error, RateLimitError, RateLimitFuture,
    RateLimitPermit, RateLimitedCall, RateLimiter, RetryPolicy, TimeoutPhase, user,
};
use futures_util::{StreamExt, stream};
use http_body::Frame;
use http_body_util::StreamBody;
use tokio::time::Instant;

use crate::support::MockBackend;

fn config() -> ClientConfig {
    ClientConfig::new("sk_test_custom")
}

#[tokio::test]
async fn a_closure_is_a_backend() {
    let count = Arc::new(AtomicUsize::new(0));
    let counter = count.clone();
    let client = user::Client::new(config().backend(move |request: http::Request<Bytes>| {
        counter.fetch_add(1, Ordering::SeqCst);
        async move {
            let id = request.uri().path().rsplit('/').next().unwrap_or_default();
            Ok(http::Response::new(Body::from(format!(
                r#"{{"id":"{id}"}}"#
            ))))
        }
    }));
    assert_eq!(client.get("user_7").await.expect("a user").id, "user_7");
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_was_not_sent_did_not_happen_and_is_retried_whatever_its_method() {
    let count = Arc::new(AtomicUsize::new(0));
    let counter = count.clone();
    let client = user::Client::new(config().backend(move |_: http::Request<Bytes>| {
        counter.fetch_add(1, Ordering::SeqCst);
        async { Err(BackendError::not_sent("the circuit breaker is open")) }
    }));
    let error = client.create(&user::CreateParams::new()).await;
    let error = error.expect_err("nothing is sent");
    assert!(!error.may_have_happened());
    assert_eq!(count.load(Ordering::SeqCst), 3);
    assert_eq!(
        error.to_string(),
        "nothing was sent for POST /users (3 attempts)"
    );
    let Error::Transport(transport) = &error else {
        panic!("{error:?}")
    };
    assert_eq!(
        (transport.is_not_sent(), transport.is_connect()),
        (true, false)
    );
}

#[tokio::test(start_paused = true)]
async fn a_body_that_never_ends_is_cut_off_by_the_attempt_timeout() {
    let client = user::Client::new(
        config()
            .retry(RetryPolicy::none())
            .attempt_timeout(Duration::from_secs(3))
            .backend(async |_: http::Request<Bytes>| {
                let first = Ok::<_, BackendError>(Frame::data(Bytes::from_static(b"{\"id\":")));
                let frames = stream::iter([first]).chain(stream::pending());
                Ok(http::Response::new(Body::new(StreamBody::new(frames))))
            }),
    );
    let error = client.get("user_1").await.expect_err("the body never ends");
    let Error::Timeout(timeout) = &error else {
        panic!("{error:?}")
    };
    assert_eq!(timeout.phase(), TimeoutPhase::Attempt);
}

#[tokio::test]
async fn a_body_in_memory_is_limited_as_one_from_the_network_is() {
    let backend = MockBackend::responding(200, r#"{"id":"user_1"}"#);
    let client = user::Client::new(backend.config().max_response_bytes(10));
    let Err(Error::Decode(error)) = client.get("user_1").await else {
        panic!("the body exceeds the limit")
    };
    assert_eq!(error.raw_json(), "{\"id\":\"use");
}

/// Admits the first calls of each template, and records what it was asked and told.
struct FirstCalls {
    admitted: usize,
    events: Arc<Mutex<Vec<String>>>,
}

impl FirstCalls {
    fn record(&self, event: String) -> usize {
        let mut events = self.events.lock().expect("no test panics with the lock");
        events.push(event);
        events.len()
    }
}

impl RateLimiter for FirstCalls {
    fn acquire<'a>(&'a self, call: RateLimitedCall<'a>, max_wait: Duration) -> RateLimitFuture<'a> {
        let count = self.record(format!("{call:?} within {max_wait:?}"));
        Box::pin(async move {
            match count <= self.admitted {
                true => Ok(RateLimitPermit::default()),
                false => Err(RateLimitError::exceeded()),
            }
        })
    }

    fn on_rejected(&self, call: RateLimitedCall<'_>, retry_after: Option<Duration>) {
        self.record(format!("{} {} {retry_after:?}", call.method(), call.path()));
    }
}

#[tokio::test(start_paused = true)]
async fn any_implementation_of_the_trait_limits_the_rate() {
    let events = Arc::new(Mutex::new(Vec::new()));
    let limiter = FirstCalls {
        admitted: 1,
        events: events.clone(),
    };
    let backend = MockBackend::with(|| {
        let response = http::Response::builder().status(429);
        let response = response.header("retry-after", "2");
        response
            .body(Bytes::from_static(br#"{"id":"1","data":[]}"#))
            .expect("a response")
    });
    let client = user::Client::new(backend.config().rate_limit(limiter));
    let error = client
        .get("user_1")
        .await
        .expect_err("the API rejects the call");
    assert!(error.is_rate_limited());
    let error = client
        .get("user_1")
        .await
        .expect_err("the limiter rejects the call");
    assert!(
        matches!(&error, Error::Timeout(error) if error.phase() == TimeoutPhase::RateLimit),
        "{error:?}"
    );
    assert_eq!(backend.requests().len(), 1);
    let acquired =
        r#"RateLimitedCall { method: GET, template: "/users/{user_id}", .. } within 29s"#;
    let events = events.lock().expect("no test panics with the lock");
    assert_eq!(
        *events,
        [acquired, "GET /v1/users/user_1 Some(2s)", acquired]
    );
}

#[tokio::test]
async fn a_client_with_another_key_uses_the_same_backend() {
    let backend = MockBackend::responding(200, r#"{"id":"1","data":[]}"#);
    let first = Clerk::new(backend.config());
    for clerk in [first.with_key("sk_test_second"), first] {
        clerk.user().get("user_1").await.expect("a user");
    }
    let keys: Vec<_> = backend
        .requests()
        .into_iter()
        .map(|request| request.headers()["authorization"].clone())
        .collect();
    assert_eq!(keys, ["Bearer sk_test_second", "Bearer sk_test_mock"]);
}

/// Permits every call, and records when a permit is acquired and released.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Vec<(&'static str, u64)>>>);

impl Recorder {
    fn record(&self, event: &'static str, start: Instant) {
        let seconds = start.elapsed().as_secs();
        let mut events = self.0.lock().expect("no test panics with the lock");
        events.push((event, seconds));
    }
}

/// The guard of a permit of a `Recorder` that exists since this time.
struct RecordedPermit(Recorder, Instant);

impl Drop for RecordedPermit {
    fn drop(&mut self) {
        self.0.record("released", self.1);
    }
}

struct RecordingLimiter(Recorder, Instant);

impl RateLimiter for RecordingLimiter {
    fn acquire<'a>(&'a self, _: RateLimitedCall<'a>, _: Duration) -> RateLimitFuture<'a> {
        self.0.record("acquired", self.1);
        let permit = RecordedPermit(self.0.clone(), self.1);
        Box::pin(async { Ok(RateLimitPermit::new(permit)) })
    }
}

/// Responds with 503 after two seconds, and asks to retry three seconds later.
async fn respond_late(_: http::Request<Bytes>) -> Result<http::Response<Body>, BackendError> {
    tokio::time::sleep(Duration::from_secs(2)).await;
    let response = http::Response::builder().status(503);
    let response = response
        .header("retry-after", "3")
        .body(Body::from(r#"{"id":"1","data":[]}"#));
    response.map_err(BackendError::new)
}

fn recorded_client() -> (user::Client, Recorder) {
    let recorder = Recorder::default();
    let config = ClientConfig::new("sk_test_mock").backend(respond_late);
    let config = config.retry(RetryPolicy::new().max_attempts(2));
    let limiter = RecordingLimiter(recorder.clone(), Instant::now());
    (user::Client::new(config.rate_limit(limiter)), recorder)
}

#[tokio::test(start_paused = true)]
async fn a_permit_is_held_during_an_attempt_and_not_between_attempts() {
    let (client, recorder) = recorded_client();
    let error = client.get("user_1").await.expect_err("503 is an error");
    assert_eq!(error.attempt_count(), 2);
    let events = recorder.0.lock().expect("no test panics with the lock");
    let first = [("acquired", 0), ("released", 2)];
    let second = [("acquired", 5), ("released", 7)];
    assert_eq!(*events, [first, second].concat());
}

#[tokio::test(start_paused = true)]
async fn a_permit_is_released_when_the_call_is_dropped() {
    let (client, recorder) = recorded_client();
    let call = client.get("user_1").into_future();
    let dropped = tokio::time::timeout(Duration::from_secs(1), call).await;
    assert!(dropped.is_err());
    let events = recorder.0.lock().expect("no test panics with the lock");
    assert_eq!(*events, [("acquired", 0), ("released", 1)]);
}

#[test]
fn the_debug_output_of_a_permit_does_not_show_its_guard() {
    let permit = RateLimitPermit::new("sk_live_secret".to_owned());
    assert_eq!(format!("{permit:?}"), "RateLimitPermit { has_guard: true }");
}

/// Permits every call, after a wait that disregards the limit.
struct Slow;

impl RateLimiter for Slow {
    fn acquire<'a>(&'a self, _: RateLimitedCall<'a>, _: Duration) -> RateLimitFuture<'a> {
        Box::pin(async {
            tokio::time::sleep(Duration::from_secs(100)).await;
            Ok(RateLimitPermit::default())
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_limiter_cannot_delay_a_call_beyond_its_timeout() {
    let backend = MockBackend::responding(200, r#"{"id":"1","data":[]}"#);
    let limiter: Arc<dyn RateLimiter> = Arc::new(Slow);
    let client = user::Client::new(backend.config().rate_limit(limiter));
    let start = Instant::now();
    let call = client.delete("user_1").timeout(Duration::from_secs(3));
    let error = call.await.expect_err("the limiter waits too long");
    assert!(
        matches!(&error, Error::Timeout(error) if error.phase() == TimeoutPhase::RateLimit),
        "{error:?}"
    );
    assert!(start.elapsed() <= Duration::from_secs(3));
    assert!(backend.requests().is_empty() && !error.may_have_happened());
}

#[tokio::test(start_paused = true)]
async fn a_body_that_fails_is_truncated_whatever_the_kind_of_its_error() {
    for error in [
        BackendError::new as fn(&'static str) -> BackendError,
        BackendError::connect,
        BackendError::not_sent,
    ] {
        let config = config().retry(RetryPolicy::none());
        let client = user::Client::new(config.backend(move |_: http::Request<Bytes>| async move {
            let body = crate::support::broken_off_body("{\"id\":", error("broken"));
            Ok(http::Response::new(body))
        }));
        let Err(Error::Decode(decode)) = client.get("user_1").await else {
            panic!("the response is incomplete")
        };
        assert!(decode.is_truncated());
        let message = decode.to_string();
        assert!(
            message.ends_with(": the body is truncated or corrupt"),
            "{message}"
        );
    }
}

#[test]
fn a_body_can_be_shared_between_threads() {
    fn is_send_and_sync<T: Send + Sync + 'static>() {}
    is_send_and_sync::<Body>();
}

#[tokio::test]
async fn a_backend_can_be_shared() {
    let backend: Arc<dyn clerk_sdk::Backend> =
        Arc::new(MockBackend::responding(200, r#"{"id":"1","data":[]}"#));
    for _ in 0..2 {
        let client = user::Client::new(config().backend(backend.clone()));
        client.get("user_1").await.expect("a user");
    }
}
