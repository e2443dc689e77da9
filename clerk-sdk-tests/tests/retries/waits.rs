//! How long it is between attempts.

use std::time::Duration;

use clerk_sdk::{RetryPolicy, user};
use tokio::time::Instant;

use crate::fates::{Fate, Fates, Silence, status, told};

#[tokio::test(start_paused = true)]
async fn the_api_says_how_long_to_wait() {
    let seconds = Duration::from_secs;
    let date = |headers: &[(&'static str, &str)]| {
        let headers = headers
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()));
        Fate::Status(429, headers.collect())
    };
    for (fate, least) in [
        (told(429, "7"), seconds(7)),
        (told(503, " 0 "), seconds(0)),
        (told(503, "2"), seconds(2)),
        (
            date(&[
                ("date", "Mon, 23 Nov 2026 12:00:00 GMT"),
                ("retry-after", "Mon, 23 Nov 2026 12:00:09 GMT"),
            ]),
            seconds(9),
        ),
        // None, past, negative, or nothing that can be read: a 429 that does not say how long means a second.
        (status(429), seconds(1)),
        (told(429, "0"), seconds(1)),
        (
            date(&[
                ("date", "Mon, 23 Nov 2026 12:00:00 GMT"),
                ("retry-after", "Mon, 23 Nov 2026 11:00:00 GMT"),
            ]),
            seconds(1),
        ),
        (told(429, "-5"), seconds(1)),
        (told(429, "soon"), seconds(1)),
        (told(429, "1.5"), seconds(1)),
        (told(429, ""), seconds(1)),
    ] {
        let fates = Fates::new([fate.clone(), status(200)]);
        fates
            .client()
            .get("user_1")
            .await
            .expect("the second works");
        let wait = fates.waits()[0];
        let most = least + Duration::from_millis(251);
        assert!(wait >= least && wait <= most, "{fate:?}: {wait:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_is_too_long_is_not_waited() {
    for wait in [
        "21",
        "29",
        "86400",
        "99999999999999999999",
        "18446744073709551615",
    ] {
        let fates = Fates::new([told(429, wait), status(200)]);
        let start = Instant::now();
        let outcome = fates.client().get("user_1").await;
        let error = outcome.expect_err("nobody waits that long");
        assert!(error.is_rate_limited(), "{wait}: {error}");
        assert_eq!(
            (fates.count(), start.elapsed()),
            (1, Duration::ZERO),
            "{wait}"
        );
    }
    let fates = Fates::new([told(429, "60"), status(200)]);
    let patient = RetryPolicy::new().max_wait(Duration::from_secs(60));
    let config = fates
        .config()
        .retry(patient)
        .timeout(Duration::from_secs(90));
    user::Client::new(config)
        .get("user_1")
        .await
        .expect("it was told to be patient");
    // Nor one that the call's own limit does not leave time for.
    let fates = Fates::new([told(429, "10"), status(200)]);
    let error = fates
        .client()
        .get("user_1")
        .timeout(Duration::from_secs(5))
        .await;
    assert!(error.expect_err("there is no time").is_rate_limited());
    assert_eq!(fates.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn waits_are_random_below_a_limit_that_doubles() {
    let policy = RetryPolicy::new().max_attempts(6);
    let policy = policy.backoff(Duration::from_millis(100), Duration::from_millis(500));
    let mut longest = [Duration::ZERO; 5];
    for _ in 0..60 {
        let fates = Fates::new([status(503)]);
        let client = user::Client::new(fates.config().retry(policy.clone()));
        client.get("user_1").await.expect_err("it never works");
        for (longest, wait) in longest.iter_mut().zip(fates.waits()) {
            *longest = wait.max(*longest);
        }
    }
    for (longest, limit) in longest.into_iter().zip([100, 200, 400, 500, 500]) {
        let limit = Duration::from_millis(limit);
        // Tokio's clock has a grain of a millisecond.
        assert!(
            longest <= limit + Duration::from_millis(2),
            "{longest:?} of {limit:?}"
        );
        assert!(
            longest > limit / 2,
            "sixty waits in the lower half: {longest:?} of {limit:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_longest_backoff_is_also_longest_for_a_429_that_does_not_say() {
    let longest = Duration::from_millis(300);
    let policy = RetryPolicy::new().backoff(Duration::ZERO, longest);
    let fates = Fates::new([status(429), status(200)]);
    let client = user::Client::new(fates.config().retry(policy));
    client.get("user_1").await.expect("the second works");
    assert_eq!(fates.waits(), [longest]);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_has_no_time_for_an_answer_is_not_made() {
    let fates = Fates::new([told(503, "4"), Silence]);
    let limit = Duration::from_millis(4300);
    let error = fates.client().get("user_1").timeout(limit).await;
    let error = error.expect_err("a tenth of the limit is not left");
    assert_eq!(error.status().map(|it| it.as_u16()), Some(503));
    assert_eq!((fates.count(), error.attempts()), (1, 1));
}
