//! Tests of the limit on requests that are in flight at once. Tokio's clock is paused.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use clerk_sdk::{BackendError, Body, Clerk, ClientConfig, Error, RetryPolicy, TimeoutPhase, user};
use futures_util::future::join_all;
use futures_util::{StreamExt, stream};

/// How many requests are in flight, and how many were at most.
#[derive(Clone, Default)]
struct InFlight {
    current: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

impl InFlight {
    /// Returns a configuration whose requests take `duration` and get this status.
    fn config(&self, duration: Duration, status: u16) -> ClientConfig {
        let counts = self.clone();
        ClientConfig::new("sk_test_in_flight").backend(move |_: http::Request<Bytes>| {
            let counts = counts.clone();
            async move {
                let current = counts.current.fetch_add(1, Ordering::SeqCst) + 1;
                counts.most.fetch_max(current, Ordering::SeqCst);
                tokio::time::sleep(duration).await;
                counts.current.fetch_sub(1, Ordering::SeqCst);
                let response = http::Response::builder().status(status);
                response
                    .body(Body::from(r#"{"id":"1","data":[]}"#))
                    .map_err(BackendError::new)
            }
        })
    }

    fn most(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }
}

const MILLISECOND: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn no_more_requests_are_in_flight_than_the_limit_and_every_call_succeeds() {
    let in_flight = InFlight::default();
    let client = user::Client::new(in_flight.config(MILLISECOND, 200));
    let results = join_all((0..20_000).map(|_| client.get("user_1"))).await;
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(in_flight.most(), 500);
}

#[tokio::test(start_paused = true)]
async fn all_clients_of_a_configuration_share_the_limit() {
    let in_flight = InFlight::default();
    let config = in_flight.config(MILLISECOND, 200).max_in_flight(3);
    let clerk = Clerk::new(config.clone());
    let clients = [
        clerk.user(),
        clerk.with_key("sk_test_other").user(),
        user::Client::new(config),
    ];
    let calls = (0..100).flat_map(|_| clients.each_ref().map(|client| client.get("user_1")));
    let results = join_all(calls).await;
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(in_flight.most(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_would_wait_too_long_fails_and_sends_nothing() {
    let in_flight = InFlight::default();
    let config = in_flight
        .config(10 * SECOND, 200)
        .max_in_flight(1)
        .timeout(SECOND / 2);
    let client = user::Client::new(config.attempt_timeout(60 * SECOND));
    let first = tokio::spawn(client.get("user_1").timeout(60 * SECOND));
    tokio::task::yield_now().await;
    let error = client.delete("user_1").await.expect_err("there is no room");
    let Error::Timeout(timeout) = &error else {
        panic!("{error:?}")
    };
    assert_eq!(timeout.phase(), TimeoutPhase::InFlight);
    assert!(!error.may_have_happened() && error.is_retryable());
    assert_eq!(error.attempt_count(), 0);
    assert_eq!(
        error.to_string(),
        "waiting for other requests to end before DELETE /users/{user_id} would take longer than 500ms"
    );
    first
        .await
        .expect("no panic")
        .expect("the first call succeeds");
    assert_eq!(in_flight.most(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_waits_before_a_retry_makes_room_and_so_does_one_that_is_dropped() {
    let in_flight = InFlight::default();
    let slow_retry = RetryPolicy::new()
        .max_attempts(2)
        .backoff(20 * SECOND, 20 * SECOND);
    let config = in_flight.config(SECOND, 503).max_in_flight(1);
    let client = user::Client::new(config.retry(slow_retry).timeout(60 * SECOND));
    let waiting = tokio::spawn(client.get("user_1"));
    tokio::time::sleep(SECOND + MILLISECOND).await;
    let other = client
        .get("user_2")
        .retry(RetryPolicy::none())
        .timeout(3 * SECOND);
    let error = other.await.expect_err("the status is 503");
    assert!(error.status().is_some(), "{error:?}");
    waiting.abort();
    let dropped = client.get("user_1").timeout(MILLISECOND).await;
    assert!(dropped.expect_err("too short").is_timeout());
    let error = client.get("user_2").retry(RetryPolicy::none()).await;
    assert!(error.expect_err("the status is 503").status().is_some());
}

#[tokio::test(start_paused = true)]
async fn calls_of_the_consumer_of_a_buffered_stream_do_not_wait_for_it() {
    let in_flight = InFlight::default();
    let config = in_flight.config(MILLISECOND, 200).max_in_flight(8);
    let client = user::Client::new(config);
    let calls = stream::iter(0..20).map(|_| client.get("user_1").into_future());
    let mut buffered = calls.buffer_unordered(16);
    while let Some(result) = buffered.next().await {
        result.expect("the buffered call succeeds");
        let own = client.get("user_1").await;
        own.expect("the call goes ahead, although the buffered ones hold all slots");
    }
}

#[tokio::test(start_paused = true)]
async fn one_call_a_second_goes_ahead_if_no_request_ends() {
    let in_flight = InFlight::default();
    let client = user::Client::new(in_flight.config(10 * SECOND, 200).max_in_flight(5));
    let calls = join_all((0..50).map(|_| client.get("user_1")));
    let _ = tokio::time::timeout(SECOND * 7 / 2, calls).await;
    assert_eq!(in_flight.most(), 5 + 3);
}
