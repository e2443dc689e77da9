//! What a call ends in: its last failure, and what that says of those before it.

use std::time::Duration;

use clerk_sdk::{Error, RateLimit, TimeoutPhase, user};
use tokio::time::Instant;

use crate::fates::{
    BrokenOff, Fate, Fates, NoConnection, Silence, TooSlow, Verb, call, call_with, status, told,
};

#[tokio::test(start_paused = true)]
async fn a_time_out_says_which_limit_ran_out() {
    let seconds = Duration::from_secs;
    let phase = |error: Error| match error {
        Error::Timeout(error) => (error.phase(), error.limit()),
        other => panic!("{other}"),
    };
    // An attempt that hangs is repeated, until the call's own limit.
    let start = Instant::now();
    let fates = Fates::new([Silence]);
    let error = fates
        .client()
        .get("user_1")
        .await
        .expect_err("nothing comes");
    assert_eq!(phase(error), (TimeoutPhase::Call, Some(seconds(30))));
    assert_eq!((fates.count(), start.elapsed()), (2, seconds(30)));

    let start = Instant::now();
    let fates = Fates::new([Silence]);
    let error = fates
        .client()
        .ban("user_1")
        .await
        .expect_err("nothing comes");
    let text = error.to_string();
    assert_eq!(
        text,
        "an attempt of POST /users/{user_id}/ban took longer than 15s"
    );
    assert_eq!(phase(error), (TimeoutPhase::Attempt, Some(seconds(15))));
    assert_eq!((fates.count(), start.elapsed()), (1, seconds(15)));

    let fates = Fates::new([Silence, status(200)]);
    let config = fates
        .config()
        .attempt_timeout(seconds(2))
        .timeout(seconds(9));
    let start = Instant::now();
    user::Client::new(config)
        .get("user_1")
        .await
        .expect("the second works");
    assert!(start.elapsed() < seconds(3));

    let fates = Fates::new([Silence]);
    let error = fates.client().get("user_1").timeout(seconds(4)).await;
    let error = error.expect_err("nothing comes");
    assert_eq!(phase(error), (TimeoutPhase::Call, Some(seconds(4))));

    let call = fates.client().ban("user_1").attempt_timeout(seconds(3));
    let error = call.await.expect_err("nothing comes");
    assert_eq!(phase(error), (TimeoutPhase::Attempt, Some(seconds(3))));
}

#[tokio::test(start_paused = true)]
async fn a_limit_of_the_backends_own_ends_an_attempt() {
    let (outcome, _) = call(Verb::Get, &[TooSlow]).await;
    let Err(Error::Timeout(error)) = outcome else {
        panic!("{outcome:?}");
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

fn is_connect(error: &Error) -> bool {
    matches!(error, Error::Transport(error) if error.is_connect())
}

#[tokio::test(start_paused = true)]
async fn no_error_says_nothing_happened_where_an_earlier_attempt_may_have_been_carried_out() {
    for first in [
        BrokenOff,
        TooSlow,
        Silence,
        status(502),
        status(503),
        status(504),
    ] {
        for verb in [Verb::Delete, Verb::Put] {
            for last in [NoConnection, told(429, "3600"), status(404)] {
                let (outcome, count) = call(verb, &[first.clone(), last.clone()]).await;
                let error = outcome.expect_err("it never works");
                assert!(count > 1, "{first:?} {last:?}");
                assert!(!is_connect(&error), "{first:?} {last:?}: {error}");
                assert!(error.may_have_happened(), "{first:?} {last:?}: {error}");
                assert!(!error.to_string().starts_with("no connection"), "{error}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_says_nothing_happened_where_no_attempt_can_have_been_carried_out() {
    for verb in [Verb::Delete, Verb::Post] {
        for first in [NoConnection, told(429, "1"), status(429)] {
            let (outcome, count) = call(verb, &[first.clone(), NoConnection]).await;
            let error = outcome.expect_err("it never works");
            assert!(count > 1 && is_connect(&error), "{first:?}: {error}");
            assert!(!error.may_have_happened(), "{first:?}: {error}");
        }
    }
    for (fate, may_have) in [
        (status(404), false),
        (status(422), false),
        (status(429), false),
        (status(500), true),
        (status(503), true),
        (BrokenOff, true),
        (Silence, true),
        (TooSlow, true),
    ] {
        let (outcome, _) = call(Verb::Post, std::slice::from_ref(&fate)).await;
        let error = outcome.expect_err("it never works");
        assert_eq!(error.may_have_happened(), may_have, "{fate:?}");
    }
    let error = user::get("").await.expect_err("an empty id");
    assert!(!error.may_have_happened());
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_held_back_after_a_failure_ends_in_that_failure() {
    let hour = Duration::from_secs(3600);
    let trace = vec![("clerk-trace-id", "trace_1".to_owned())];
    for (fate, verb) in [
        (Fate::Status(503, trace.clone()), Verb::Delete),
        (Fate::Status(429, trace), Verb::Post),
        (BrokenOff, Verb::Put),
    ] {
        let fates = Fates::new([fate.clone(), status(200)]);
        let config = fates.config().rate_limit(RateLimit::new(1, hour));
        let client = user::Client::new(config);
        let outcome = call_with(&client, verb).await;
        let error = outcome.expect_err("the next turn is in an hour");
        assert_eq!((fates.count(), error.attempts()), (1, 1), "{fate:?}");
        assert!(!error.is_timeout(), "{fate:?}: {error}");
        if let Fate::Status(status, _) = fate {
            assert_eq!(error.status().map(|it| it.as_u16()), Some(status));
            assert_eq!(error.trace_id(), Some("trace_1"));
        }
        // The next call was never sent.
        let error = call_with(&client, verb).await.expect_err("still no turn");
        assert!(error.is_timeout() && !error.may_have_happened());
    }
}
