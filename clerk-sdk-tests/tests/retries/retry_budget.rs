//! Tests of the retry budget: a short interruption loses no call, and an outage is not amplified.

use std::time::Duration;

use clerk_sdk::{ClientConfig, Error, RetryBudget, user};
use futures_util::future::join_all;
use tokio::time::{Instant, sleep};

use crate::mock_backend::{
    AttemptOutcome, ConnectionReset, MockBackend, status, status_with_retry_after,
};

const SECOND: Duration = Duration::from_secs(1);

/// Makes a call every `interval` for this long, while every attempt gets the same outcome. Returns how many calls and
/// attempts there were after the first ten seconds.
async fn outage(outcome: AttemptOutcome, interval: Duration, duration: Duration) -> (usize, usize) {
    outage_with(vec![outcome], interval, duration).await
}

/// The same with these outcomes of attempts, of which the last is repeated.
async fn outage_with(
    outcomes: Vec<AttemptOutcome>,
    interval: Duration,
    duration: Duration,
) -> (usize, usize) {
    let backend = MockBackend::new(outcomes);
    let client = backend.client();
    let start = Instant::now();
    let mut calls = Vec::new();
    while start.elapsed() < duration {
        calls.push((start.elapsed(), tokio::spawn(client.get("user_1"))));
        sleep(interval).await;
    }
    let mut later_calls = 0;
    for (started, call) in calls {
        let result = call.await.expect("no panic");
        result.expect_err("every attempt fails");
        later_calls += usize::from(started >= 10 * SECOND);
    }
    let attempts = backend.requests();
    let later_attempts = attempts.iter().filter(|(at, _)| *at - start >= 10 * SECOND);
    (later_calls, later_attempts.count())
}

#[tokio::test(start_paused = true)]
async fn an_outage_adds_at_most_a_fifth_to_the_traffic_after_ten_seconds() {
    for outcome in [
        status(408),
        status(429),
        status(503),
        status_with_retry_after(503, "1"),
        ConnectionReset,
    ] {
        for (millis, seconds) in [(2, 20), (10, 60), (100, 60), (1000, 60)] {
            let interval = Duration::from_millis(millis);
            let (calls, attempts) = outage(outcome.clone(), interval, seconds * SECOND).await;
            assert!(
                attempts * 10 <= calls * 12,
                "{outcome:?} every {interval:?}: {attempts} attempts of {calls} calls"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_outage_of_a_part_of_the_calls_adds_at_most_a_fifth_too() {
    for (millis, seconds) in [(2, 20), (10, 60), (100, 60)] {
        let interval = Duration::from_millis(millis);
        for failing_percent in [10, 20, 50, 80, 90, 95] {
            // In an order that is not regular, but the same in each run.
            let outcomes = (0..100_u64).map(|number| match number * 37 % 100 {
                position if position < failing_percent => status(503),
                _ => status(404),
            });
            let outcomes: Vec<_> = std::iter::repeat_n(outcomes, 1000).flatten().collect();
            let (calls, attempts) = outage_with(outcomes, interval, seconds * SECOND).await;
            assert!(
                attempts * 10 <= calls * 12,
                "{failing_percent} % every {interval:?}: {attempts} attempts of {calls} calls"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_interruption_that_fails_every_call_under_way_once_loses_no_call() {
    for outcome in [
        status(503),
        status_with_retry_after(503, "1"),
        status(429),
        status_with_retry_after(429, "1"),
        ConnectionReset,
    ] {
        for under_way in [10, 20, 50, 200, 1000] {
            let failures = (0..under_way).map(|_| outcome.clone());
            let backend = MockBackend::new(failures.chain([status(200)]));
            let client = user::Client::new(backend.config().max_in_flight(under_way));
            let results = join_all((0..under_way).map(|_| client.get("user_1"))).await;
            let failed = results.iter().filter(|result| result.is_err()).count();
            assert_eq!(failed, 0, "{outcome:?} {under_way}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_reserve_can_be_used_again_when_the_interruption_is_over() {
    // Another interruption after this many seconds. The reserve is for both.
    for seconds in [3, 9, 20] {
        for response in [status(200), status(404), status(422)] {
            let failures = || (0..50).map(|_| status(503));
            let outcomes = failures()
                .chain((0..51).map(|_| response.clone()))
                .chain(failures())
                .chain([status(200)]);
            let backend = MockBackend::new(outcomes);
            let budget = RetryBudget::new().reserve(100).percent(0);
            let client = user::Client::new(backend.config().retry_budget(budget));
            let _ = join_all((0..50).map(|_| client.get("user_1"))).await;
            let _ = client.get("user_1").await;
            sleep(seconds * SECOND).await;
            let results = join_all((0..50).map(|_| client.get("user_1"))).await;
            assert!(
                results.iter().all(Result::is_ok),
                "{seconds} s, {response:?}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn single_responses_do_not_end_an_outage() {
    // Every tenth call succeeds.
    let outcomes = std::iter::repeat_n([vec![status(503); 9], vec![status(404)]].concat(), 1000);
    let backend = MockBackend::new(outcomes.flatten());
    let budget = RetryBudget::new().reserve(1000).percent(0);
    let client = user::Client::new(backend.config().retry_budget(budget));
    let mut retries = 0;
    for second in 0..60 {
        let attempts = backend.attempt_count();
        let _ = client.get("user_1").await;
        if second > 10 {
            retries += backend.attempt_count() - attempts - 1;
        }
        sleep(SECOND).await;
    }
    assert_eq!(retries, 0);
}

#[tokio::test(start_paused = true)]
async fn a_process_that_calls_rarely_over_stale_connections_loses_no_call() {
    let outcomes = (0..200).flat_map(|_| [ConnectionReset, status(200)]);
    let backend = MockBackend::new(outcomes);
    let client = user::Client::new(backend.config().retry_budget(RetryBudget::new().reserve(1)));
    for _ in 0..200 {
        client
            .get("user_1")
            .await
            .expect("the second attempt succeeds");
        sleep(3600 * SECOND).await;
    }
}

#[tokio::test(start_paused = true)]
async fn the_reserve_is_full_again_after_a_minute_in_which_it_was_not_needed() {
    let backend = MockBackend::new([status(503)]);
    let budget = RetryBudget::new().reserve(2).percent(0);
    let client = user::Client::new(backend.config().retry_budget(budget));
    for attempts in [3, 1] {
        let error = client.get("user_1").await.expect_err("every attempt fails");
        assert_eq!(error.attempt_count(), attempts);
    }
    sleep(59 * SECOND).await;
    let error = client.get("user_1").await.expect_err("every attempt fails");
    assert_eq!(error.attempt_count(), 1);
    sleep(61 * SECOND).await;
    let error = client.get("user_1").await.expect_err("every attempt fails");
    assert_eq!(error.attempt_count(), 3);
}

#[tokio::test(start_paused = true)]
async fn the_error_says_that_the_budget_was_the_reason() {
    let backend = MockBackend::new([status(503)]);
    let budget = RetryBudget::new().reserve(1).percent(0);
    let client = user::Client::new(backend.config().retry_budget(budget));
    let error = client.get("user_1").await.expect_err("every attempt fails");
    assert!(error.is_retry_budget_exhausted());
    assert!(
        error
            .to_string()
            .ends_with(" (2 attempts, then the retry budget was exhausted)"),
        "{error}"
    );
    let error = client.get("user_1").await.expect_err("every attempt fails");
    assert!(
        error
            .to_string()
            .ends_with(" (not retried: the retry budget is exhausted)"),
        "{error}"
    );
    // A call that would not have been retried anyway.
    let error = client.ban("user_1").await.expect_err("every attempt fails");
    assert!(!error.is_retry_budget_exhausted(), "{error}");
    assert!(matches!(error, Error::Api(_)));
}

#[tokio::test(start_paused = true)]
async fn a_budget_can_be_without_bounds() {
    let backend = MockBackend::new([status(503)]);
    let config: ClientConfig = backend.config().retry_budget(RetryBudget::unlimited());
    let client = user::Client::new(config);
    let results = join_all((0..2000).map(|_| client.get("user_1"))).await;
    assert!(results.iter().all(Result::is_err));
    assert_eq!(backend.attempt_count(), 6000);
}

#[tokio::test(start_paused = true)]
async fn a_failure_that_is_not_retried_does_not_consume_budget() {
    let failures = (0..40).map(|_| status_with_retry_after(503, "3600"));
    let backend = MockBackend::new(failures.chain([status(503)]));
    let budget = RetryBudget::new().reserve(2).percent(0);
    let client = user::Client::new(backend.config().retry_budget(budget));
    for _ in 0..40 {
        let result = client.get("user_1").await;
        result.expect_err("the delay is too long to retry");
    }
    assert_eq!(backend.attempt_count(), 40);
    let error = client.get("user_1").await.expect_err("every attempt fails");
    assert_eq!(error.attempt_count(), 3);
}

#[tokio::test(start_paused = true)]
async fn only_a_retry_that_waited_for_retry_after_does_not_consume_budget() {
    for (outcome, attempts) in [
        (status_with_retry_after(429, "1"), 300),
        (status_with_retry_after(429, "0"), 101),
        (status_with_retry_after(429, "soon"), 101),
        (status(429), 101),
    ] {
        let backend = MockBackend::new([outcome.clone()]);
        let budget = RetryBudget::new().reserve(1).percent(0);
        let client = user::Client::new(backend.config().retry_budget(budget));
        let results = join_all((0..100).map(|_| client.get("user_1"))).await;
        assert!(results.iter().all(Result::is_err));
        assert_eq!(backend.attempt_count(), attempts, "{outcome:?}");
    }
}
