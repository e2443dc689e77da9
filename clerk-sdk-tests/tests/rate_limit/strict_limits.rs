//! Tests against a server that counts requests when they arrive, however long they take: it never has to reject one.

use std::sync::Arc;
use std::time::Duration;

use clerk_sdk::{Clerk, ClientConfig, Error, RateLimit, RetryPolicy, user};
use futures_util::future::join_all;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

use crate::recording_backend::{HOUR, SECOND};
use crate::strict_server::{SENT, StrictServer};

const PERIOD: Duration = Duration::from_secs(10);

fn config(server: &StrictServer, key: &'static str) -> ClientConfig {
    let config = ClientConfig::new(key).backend(server.clone()).timeout(HOUR);
    let config = config.rate_limit(RateLimit::clerk_limits());
    config.retry(RetryPolicy::none())
}

fn assert_none_rejected(server: &StrictServer) {
    let (arrived, rejected) = server.counts();
    assert_eq!(rejected, 0, "of {arrived} requests");
}

#[tokio::test(start_paused = true)]
async fn all_calls_at_once_use_the_limit_and_do_not_exceed_it() {
    for (key, max_calls) in [("sk_live_1", 1000), ("sk_test_1", 100)] {
        let server = StrictServer::new(max_calls, PERIOD);
        let clerk = Clerk::new(config(&server, key));
        let results = join_all((0..5 * max_calls).map(|_| clerk.user().get("user_1"))).await;
        assert_none_rejected(&server);
        assert!(results.iter().all(Result::is_ok), "{key}");
        let usage = server.usage();
        assert!((0.95..=1.0).contains(&usage), "{key}: {usage}");
    }
}

#[tokio::test(start_paused = true)]
async fn updates_of_a_user_do_not_exceed_the_limit() {
    let server = StrictServer::new(10, PERIOD).per_path();
    let clerk = Clerk::new(config(&server, "sk_live_1"));
    let params = user::UpdateParams::new();
    let updates = (0..150).map(|number| {
        let id = format!("user_{}", number % 3);
        clerk.user().update(&id, &params)
    });
    let results = join_all(updates).await;
    assert_none_rejected(&server);
    assert!(results.iter().all(Result::is_ok));
    let usage = server.usage();
    assert!((0.95..=1.0).contains(&usage), "{usage}");
}

/// Calls that start at different times, so that the server's window begins at any of them.
#[tokio::test(start_paused = true)]
async fn calls_that_start_one_after_the_other_do_not_exceed_the_limit() {
    let server = StrictServer::new(100, PERIOD);
    let clerk = Clerk::new(config(&server, "sk_test_1"));
    let calls = (0..600).map(async |number| {
        sleep(number * Duration::from_millis(70)).await;
        clerk.user().get("user_1").await
    });
    let results = join_all(calls).await;
    assert_none_rejected(&server);
    assert!(results.iter().all(Result::is_ok));
}

#[tokio::test(start_paused = true)]
async fn attempts_that_time_out_count_because_they_may_still_arrive() {
    let server = StrictServer::new(100, PERIOD);
    let clerk = Clerk::new(config(&server, "sk_test_1"));
    let calls = (0..600).map(|number| {
        let milliseconds = if number % 3 == 0 { 1_000 } else { 100 };
        let call = clerk.user().get("user_1");
        call.attempt_timeout(Duration::from_millis(milliseconds))
            .into_future()
    });
    let results = join_all(calls).await;
    sleep(SECOND).await;
    assert_none_rejected(&server);
    let timed_out = results.iter().flat_map(|it| it.as_ref().err());
    let timed_out = timed_out.filter(|error| error.is_timeout()).count();
    assert!(timed_out > 100, "{timed_out}");
    assert_eq!(server.counts().0, 600);
}

#[tokio::test(start_paused = true)]
async fn calls_that_are_dropped_count_because_they_may_still_arrive() {
    let server = StrictServer::new(100, PERIOD);
    let clerk = Clerk::new(config(&server, "sk_test_1"));
    let calls = (0..600_u32).map(|number| {
        let call = clerk.user().get("user_1").into_future();
        let dropped_after = number % 3 * Duration::from_millis(40);
        let sent = Arc::new(Notify::new());
        SENT.scope(sent.clone(), async move {
            tokio::select! {
                result = call => result.is_ok(),
                () = async { sent.notified().await; sleep(dropped_after).await } => false,
            }
        })
    });
    let completed = join_all(calls).await.into_iter().filter(|it| *it).count();
    sleep(SECOND).await;
    assert_none_rejected(&server);
    assert_eq!(server.counts().0, 600);
    assert!(
        completed < 100,
        "most were dropped, but {completed} completed"
    );
}

#[tokio::test(start_paused = true)]
async fn calls_that_are_dropped_while_they_wait_leave_the_limit_to_others() {
    let server = StrictServer::new(100, PERIOD);
    let clerk = Clerk::new(config(&server, "sk_test_1"));
    let calls = (0..700_u32).map(|number| {
        let call = clerk.user().get("user_1").into_future();
        let limit = if number % 2 == 0 { HOUR } else { SECOND };
        timeout(limit, call)
    });
    let results = join_all(calls).await;
    assert_none_rejected(&server);
    assert!(results.iter().step_by(2).all(|it| matches!(it, Ok(Ok(_)))));
    let usage = server.usage();
    assert!((0.95..=1.0).contains(&usage), "{usage}");
}

#[tokio::test(start_paused = true)]
async fn retries_count_too() {
    let server = StrictServer::new(100, PERIOD).failing_every(4);
    let config = config(&server, "sk_test_1").retry(RetryPolicy::new().max_attempts(4));
    let clerk = Clerk::new(config);
    let results = join_all((0..600).map(|_| clerk.user().get("user_1"))).await;
    assert_none_rejected(&server);
    let (arrived, _) = server.counts();
    assert!(
        arrived > 700,
        "there are retries, but only {arrived} requests"
    );
    let failed = results.iter().flat_map(|it| it.as_ref().err());
    assert!(failed.filter_map(Error::status).all(|it| it == 503));
}
