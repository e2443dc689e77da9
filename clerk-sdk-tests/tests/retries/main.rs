//! When a call is made again. Time is tokio's own, which jumps to the next thing that waits for it.

mod budget;
mod ends;
mod fates;
mod schedules;
mod waits;

use std::time::Duration;

use clerk_sdk::{RetryPolicy, user};
use fates::{BrokenOff, Fates, NoConnection, Silence, TooSlow, Verb, call, status, told};

#[tokio::test(start_paused = true)]
async fn what_is_repeated_depends_on_the_failure_and_the_method() {
    let all = [Verb::Get, Verb::Put, Verb::Delete, Verb::Post, Verb::Patch];
    let safe = [Verb::Get, Verb::Put, Verb::Delete];
    for (fate, repeated) in [
        (status(429), &all[..]),
        (NoConnection, &all),
        (BrokenOff, &safe),
        (Silence, &safe),
        (TooSlow, &safe),
        (status(502), &safe),
        (status(503), &safe),
        (status(504), &safe),
        (status(500), &[]),
        (status(501), &[]),
        (status(400), &[]),
        (status(401), &[]),
        (status(404), &[]),
        (status(408), &[]),
        (status(422), &[]),
    ] {
        for verb in all {
            let (outcome, count) = call(verb, &[fate.clone(), status(200)]).await;
            let is_repeated = repeated.contains(&verb);
            assert_eq!(count, if is_repeated { 2 } else { 1 }, "{fate:?} {verb:?}");
            assert_eq!(outcome.is_ok(), is_repeated, "{fate:?} {verb:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_is_made_three_times_at_most_and_says_so() {
    let (outcome, count) = call(Verb::Get, &[status(503)]).await;
    let error = outcome.expect_err("it never works");
    assert_eq!((count, error.attempts()), (3, 3));
    assert!(error.to_string().ends_with("(3 attempts)"), "{error}");
    let (outcome, _) = call(Verb::Get, &[NoConnection]).await;
    let text = outcome.expect_err("it never works").to_string();
    assert_eq!(text, "no connection for GET /users/{user_id} (3 attempts)");
    let (outcome, _) = call(Verb::Post, &[BrokenOff]).await;
    let error = outcome.expect_err("it never works");
    assert_eq!(error.attempts(), 1);
    assert_eq!(
        error.to_string(),
        "no whole response to POST /users/{user_id}/ban"
    );

    let fates = Fates::new([status(503), status(200)]);
    assert_eq!(
        fates
            .client()
            .get("user_1")
            .await
            .expect("the second works")
            .attempts(),
        2
    );
}

#[tokio::test(start_paused = true)]
async fn the_request_is_sent_again_byte_for_byte() {
    let fates = Fates::new([status(429), NoConnection, status(200)]);
    let file = clerk_sdk::File::new("me.png", vec![0, 159, 146, 150]);
    let params = user::UpdateProfileImageParams::new(file);
    fates
        .client()
        .update_profile_image("user_1", &params)
        .await
        .expect("the third works");
    let seen = fates.seen.lock().expect("no test panicked here");
    assert_eq!(seen.len(), 3);
    for (_, request) in &seen[1..] {
        let first = &seen[0].1;
        assert_eq!(request.body(), first.body());
        assert_eq!(request.headers(), first.headers());
        assert_eq!(
            (request.method(), request.uri()),
            (first.method(), first.uri())
        );
    }
}

#[tokio::test(start_paused = true)]
async fn repeating_can_be_turned_off() {
    let fates = Fates::new([status(429), status(200)]);
    let once = user::Client::new(fates.config().retry(RetryPolicy::none()));
    assert!(
        once.get("user_1")
            .await
            .expect_err("it was made once")
            .is_rate_limited()
    );
    once.get("user_1").await.expect("and once again, by hand");

    let fates = Fates::new([status(429), status(200)]);
    let error = fates
        .client()
        .get("user_1")
        .retry(RetryPolicy::none())
        .await;
    assert_eq!(error.expect_err("it was made once").attempts(), 1);
    let fates = Fates::new([
        status(503),
        status(503),
        status(503),
        status(503),
        status(200),
    ]);
    let often = RetryPolicy::new().max_attempts(5);
    fates
        .client()
        .get("user_1")
        .retry(often)
        .await
        .expect("the fifth works");
}

#[tokio::test(start_paused = true)]
async fn dropping_a_call_ends_its_attempts() {
    let fates = Fates::new([told(429, "5"), status(200)]);
    let client = fates.client();
    let given_up = tokio::time::timeout(Duration::from_secs(1), client.get("user_1")).await;
    assert!(given_up.is_err());
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(fates.count(), 1);
}
