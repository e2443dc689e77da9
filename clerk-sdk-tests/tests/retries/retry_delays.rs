//! Tests of the delay before a retry: `Retry-After`, exponential backoff with jitter, and limits on both.

use std::time::Duration;

use clerk_sdk::{RetryPolicy, user};
use tokio::time::Instant;

use crate::mock_backend::{
    AttemptOutcome, MockBackend, NoResponse, status, status_with_retry_after,
};

/// Creates a 429 response with a `Date` header, and a date as `Retry-After`.
fn rate_limited_until(retry_after: &str) -> AttemptOutcome {
    let date = "Mon, 23 Nov 2026 12:00:00 GMT";
    let headers = [("date", date), ("retry-after", retry_after)];
    let headers = headers.map(|(name, value)| (name, value.to_owned()));
    AttemptOutcome::Response(429, headers.into())
}

#[tokio::test(start_paused = true)]
async fn the_delay_follows_retry_after() {
    let seconds = Duration::from_secs;
    for (outcome, min) in [
        (status_with_retry_after(429, "7"), seconds(7)),
        (status_with_retry_after(503, " 0 "), seconds(0)),
        (status_with_retry_after(503, "2"), seconds(2)),
        (
            rate_limited_until("Mon, 23 Nov 2026 12:00:09 GMT"),
            seconds(9),
        ),
        // A 429 without a valid `Retry-After` in the future means a delay of one second.
        (status(429), seconds(1)),
        (status_with_retry_after(429, "0"), seconds(1)),
        (
            rate_limited_until("Mon, 23 Nov 2026 11:00:00 GMT"),
            seconds(1),
        ),
        (status_with_retry_after(429, "-5"), seconds(1)),
        (status_with_retry_after(429, "soon"), seconds(1)),
        (status_with_retry_after(429, "1.5"), seconds(1)),
        (status_with_retry_after(429, ""), seconds(1)),
    ] {
        let backend = MockBackend::new([outcome.clone(), status(200)]);
        let result = backend.client().get("user_1").await;
        result.expect("the second attempt succeeds");
        let delay = backend.delays()[0];
        let max = min + Duration::from_millis(251);
        assert!(delay >= min && delay <= max, "{outcome:?}: {delay:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_fails_at_once_if_retry_after_is_too_long() {
    for retry_after in [
        "21",
        "29",
        "86400",
        "99999999999999999999",
        "18446744073709551615",
    ] {
        let backend = MockBackend::new([status_with_retry_after(429, retry_after), status(200)]);
        let start = Instant::now();
        let result = backend.client().get("user_1").await;
        let error = result.expect_err("the delay is longer than the policy allows");
        assert!(error.is_rate_limited(), "{retry_after}: {error}");
        assert_eq!(
            (backend.attempt_count(), start.elapsed()),
            (1, Duration::ZERO),
            "{retry_after}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_policy_can_allow_longer_delays() {
    let backend = MockBackend::new([status_with_retry_after(429, "60"), status(200)]);
    let policy = RetryPolicy::new().max_wait(Duration::from_secs(60));
    let config = backend.config().retry(policy);
    let client = user::Client::new(config.timeout(Duration::from_secs(90)));
    let result = client.get("user_1").await;
    result.expect("the second attempt succeeds");
}

#[tokio::test(start_paused = true)]
async fn a_call_fails_at_once_if_retry_after_exceeds_its_time_limit() {
    let backend = MockBackend::new([status_with_retry_after(429, "10"), status(200)]);
    let timeout = Duration::from_secs(5);
    let result = backend.client().get("user_1").timeout(timeout).await;
    let error = result.expect_err("the delay is longer than the time limit");
    assert!(error.is_rate_limited());
    assert_eq!(backend.attempt_count(), 1);
}

#[tokio::test(start_paused = true)]
async fn backoff_is_random_below_a_limit_that_doubles() {
    let policy = RetryPolicy::new().max_attempts(6);
    let policy = policy.backoff(Duration::from_millis(100), Duration::from_millis(500));
    let mut longest = [Duration::ZERO; 5];
    for _ in 0..60 {
        let backend = MockBackend::new([status(503)]);
        let client = user::Client::new(backend.config().retry(policy.clone()));
        let result = client.get("user_1").await;
        result.expect_err("every attempt fails");
        for (longest, delay) in longest.iter_mut().zip(backend.delays()) {
            *longest = delay.max(*longest);
        }
    }
    for (longest, limit) in longest.into_iter().zip([100, 200, 400, 500, 500]) {
        let limit = Duration::from_millis(limit);
        // Tokio's timers have a resolution of one millisecond.
        assert!(
            longest <= limit + Duration::from_millis(2),
            "{longest:?} of {limit:?}"
        );
        assert!(
            longest > limit / 2,
            "all sixty delays are in the lower half: {longest:?} of {limit:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_maximum_backoff_also_limits_the_delay_after_a_429_without_retry_after() {
    let max_backoff = Duration::from_millis(300);
    let policy = RetryPolicy::new().backoff(Duration::ZERO, max_backoff);
    let backend = MockBackend::new([status(429), status(200)]);
    let client = user::Client::new(backend.config().retry(policy));
    let result = client.get("user_1").await;
    result.expect("the second attempt succeeds");
    assert_eq!(backend.delays(), [max_backoff]);
}

#[tokio::test(start_paused = true)]
async fn a_call_is_not_retried_if_too_little_time_is_left_for_a_response() {
    let backend = MockBackend::new([status_with_retry_after(503, "4"), NoResponse]);
    let timeout = Duration::from_millis(4300);
    let result = backend.client().get("user_1").timeout(timeout).await;
    let error = result.expect_err("less than a tenth of the time limit would be left");
    assert_eq!(error.status().map(|it| it.as_u16()), Some(503));
    assert_eq!((backend.attempt_count(), error.attempt_count()), (1, 1));
}
