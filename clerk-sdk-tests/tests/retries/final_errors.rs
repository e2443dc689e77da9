//! Tests of the error that a call ends with: the time limit that was reached, and whether the operation may have been
//! carried out by any attempt.

use std::time::Duration;

use clerk_sdk::{Error, RateLimit, TimeoutPhase, user};
use tokio::time::Instant;

use crate::mock_backend::{
    AttemptOutcome, BackendTimeout, ConnectionRefused, ConnectionReset, HttpMethod, MockBackend,
    NoResponse, call, call_with, status, status_with_retry_after,
};

fn phase_and_limit(error: Error) -> (TimeoutPhase, Option<Duration>) {
    match error {
        Error::Timeout(error) => (error.phase(), error.limit()),
        other => panic!("{other}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_timeout_names_the_limit_that_was_reached() {
    let seconds = Duration::from_secs;
    // An attempt that times out is retried until the time limit of the call.
    let start = Instant::now();
    let backend = MockBackend::new([NoResponse]);
    let result = backend.client().get("user_1").await;
    let error = result.expect_err("no response arrives");
    assert_eq!(
        phase_and_limit(error),
        (TimeoutPhase::Call, Some(seconds(30)))
    );
    assert_eq!((backend.attempt_count(), start.elapsed()), (2, seconds(30)));

    let start = Instant::now();
    let backend = MockBackend::new([NoResponse]);
    let result = backend.client().ban("user_1").await;
    let error = result.expect_err("no response arrives");
    assert_eq!(
        error.to_string(),
        "an attempt of POST /users/{user_id}/ban took longer than 15s"
    );
    assert_eq!(
        phase_and_limit(error),
        (TimeoutPhase::Attempt, Some(seconds(15)))
    );
    assert_eq!((backend.attempt_count(), start.elapsed()), (1, seconds(15)));
}

#[tokio::test(start_paused = true)]
async fn a_configuration_and_a_call_can_set_time_limits() {
    let seconds = Duration::from_secs;
    let backend = MockBackend::new([NoResponse, status(200)]);
    let config = backend.config().attempt_timeout(seconds(2));
    let client = user::Client::new(config.timeout(seconds(9)));
    let start = Instant::now();
    let result = client.get("user_1").await;
    result.expect("the second attempt succeeds");
    assert!(start.elapsed() < seconds(3));

    let backend = MockBackend::new([NoResponse]);
    let result = backend.client().get("user_1").timeout(seconds(4)).await;
    let error = result.expect_err("no response arrives");
    assert_eq!(
        phase_and_limit(error),
        (TimeoutPhase::Call, Some(seconds(4)))
    );

    let call = backend.client().ban("user_1").attempt_timeout(seconds(3));
    let error = call.await.expect_err("no response arrives");
    assert_eq!(
        phase_and_limit(error),
        (TimeoutPhase::Attempt, Some(seconds(3)))
    );
}

#[tokio::test(start_paused = true)]
async fn a_timeout_of_the_backend_is_an_attempt_timeout_without_a_limit() {
    let (result, _) = call(HttpMethod::Get, &[BackendTimeout]).await;
    let Err(Error::Timeout(error)) = result else {
        panic!("{result:?}");
    };
    assert_eq!(
        (error.phase(), error.limit()),
        (TimeoutPhase::Attempt, None)
    );
    assert_eq!(
        error.to_string(),
        "an attempt of GET /users/{user_id} took too long (3 attempts)"
    );
}

fn is_connect_error(error: &Error) -> bool {
    matches!(error, Error::Transport(error) if error.is_connect())
}

#[tokio::test(start_paused = true)]
async fn an_operation_may_have_happened_if_an_earlier_attempt_may_have_been_carried_out() {
    for first in [
        ConnectionReset,
        BackendTimeout,
        NoResponse,
        status(502),
        status(503),
        status(504),
    ] {
        for method in [HttpMethod::Delete, HttpMethod::Put] {
            for last in [
                ConnectionRefused,
                status_with_retry_after(429, "3600"),
                status(404),
            ] {
                let (result, attempts) = call(method, &[first.clone(), last.clone()]).await;
                let error = result.expect_err("every attempt fails");
                assert!(attempts > 1, "{first:?} {last:?}");
                assert!(!is_connect_error(&error), "{first:?} {last:?}: {error}");
                assert!(error.may_have_happened(), "{first:?} {last:?}: {error}");
                assert!(!error.to_string().starts_with("no connection"), "{error}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_operation_has_not_happened_if_no_attempt_can_have_been_carried_out() {
    for method in [HttpMethod::Delete, HttpMethod::Post] {
        for first in [
            ConnectionRefused,
            status_with_retry_after(429, "1"),
            status(429),
        ] {
            let (result, attempts) = call(method, &[first.clone(), ConnectionRefused]).await;
            let error = result.expect_err("every attempt fails");
            assert!(
                attempts > 1 && is_connect_error(&error),
                "{first:?}: {error}"
            );
            assert!(!error.may_have_happened(), "{first:?}: {error}");
        }
    }
    let error = user::get("").await.expect_err("the ID is empty");
    assert!(!error.may_have_happened());
}

#[tokio::test(start_paused = true)]
async fn the_outcome_of_a_single_attempt_decides_whether_the_operation_may_have_happened() {
    for (outcome, may_have_happened) in [
        (status(404), false),
        (status(422), false),
        (status(429), false),
        (status(500), true),
        (status(503), true),
        (ConnectionReset, true),
        (NoResponse, true),
        (BackendTimeout, true),
    ] {
        let (result, _) = call(HttpMethod::Post, std::slice::from_ref(&outcome)).await;
        let error = result.expect_err("every attempt fails");
        assert_eq!(error.may_have_happened(), may_have_happened, "{outcome:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_retry_that_the_rate_limit_rules_out_leaves_the_error_of_the_first_attempt() {
    let hour = Duration::from_secs(3600);
    let trace = vec![("clerk-trace-id", "trace_1".to_owned())];
    for (outcome, method) in [
        (
            AttemptOutcome::Response(503, trace.clone()),
            HttpMethod::Delete,
        ),
        (AttemptOutcome::Response(429, trace), HttpMethod::Post),
        (ConnectionReset, HttpMethod::Put),
    ] {
        let backend = MockBackend::new([outcome.clone(), status(200)]);
        let config = backend.config().rate_limit(RateLimit::new(1, hour));
        let client = user::Client::new(config);
        let result = call_with(&client, method, "user_1").await;
        let error = result.expect_err("the next permit is available in an hour");
        assert_eq!(
            (backend.attempt_count(), error.attempt_count()),
            (1, 1),
            "{outcome:?}"
        );
        assert!(!error.is_timeout(), "{outcome:?}: {error}");
        if let AttemptOutcome::Response(status, _) = outcome {
            assert_eq!(error.status().map(|it| it.as_u16()), Some(status));
            assert_eq!(error.trace_id(), Some("trace_1"));
        }
        // The next call gets no permit either, so it is never sent.
        let result = call_with(&client, method, "user_1").await;
        let error = result.expect_err("no permit is available");
        assert!(error.is_timeout() && !error.may_have_happened());
    }
}
