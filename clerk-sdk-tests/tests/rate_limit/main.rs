//! The client's own limit on calls. Time is tokio's own, which jumps to the next thing that waits for it.

mod clock;
mod holds;
mod schedules;
mod waiting;

use std::time::Duration;

use clerk_sdk::{Clerk, ClientConfig, RateLimit, interstitial, invitation, user};
use clock::{Clock, HOUR, SECOND, is_held_back};
use futures_util::future::join_all;
use tokio::time::{Instant, sleep};

#[tokio::test(start_paused = true)]
async fn no_period_has_more_calls_than_the_limit_and_none_waits_in_vain() {
    let (clock, start) = (Clock::default(), Instant::now());
    let clerk = clock.clerk(RateLimit::new(3, 10 * SECOND));
    for result in join_all((0..8).map(|_| clerk.user().get("user_1"))).await {
        result.expect("it is let through");
    }
    assert_eq!(clock.seconds(start), [0, 0, 0, 10, 10, 10, 20, 20]);
    sleep(15 * SECOND).await;
    for _ in 0..3 {
        clerk.user().get("user_1").await.expect("it is let through");
    }
    assert_eq!(clock.seconds(start)[8..], [35, 35, 35]);
}

#[tokio::test(start_paused = true)]
async fn the_published_limits_depend_on_the_key() {
    for (key, count) in [("sk_test_1", 100), ("sk_live_1", 1000), ("else", 100)] {
        let (clock, start) = (Clock::default(), Instant::now());
        let config = ClientConfig::new(key).backend(clock.clone());
        let clerk = Clerk::new(config.rate_limit(RateLimit::published()));
        join_all((0..=count).map(|_| clerk.user().get("user_1"))).await;
        let seconds = clock.seconds(start);
        assert_eq!((seconds[count - 1], seconds[count]), (0, 10), "{key}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_has_no_limit_is_not_counted() {
    let (clock, start) = (Clock::default(), Instant::now());
    let clerk = clock.clerk(RateLimit::published());
    join_all((0..500).map(|_| clerk.jwks().get())).await;
    clerk.user().get("user_1").await.expect("it is let through");
    assert_eq!(clock.seconds(start), [0; 501]);
}

#[tokio::test(start_paused = true)]
async fn what_has_no_key_does_not_count_against_one() {
    let (clock, start) = (Clock::default(), Instant::now());
    let config = ClientConfig::new("sk_live_1").backend(clock.clone());
    let clerk = Clerk::new(config.rate_limit(RateLimit::published()));
    join_all((0..999).map(|_| clerk.user().get("user_1"))).await;
    let params = interstitial::GetParams::new();
    let page = clerk.interstitial().get(&params).await;
    page.expect("it is let through");
    clerk.user().get("user_1").await.expect("the thousandth");
    assert_eq!(clock.seconds(start), [0; 1001]);
}

#[tokio::test(start_paused = true)]
async fn changes_of_one_user_are_counted_for_that_user() {
    let (clock, start) = (Clock::default(), Instant::now());
    let clerk = clock.clerk(RateLimit::published());
    let params = user::UpdateParams::new();
    for id in ["user_1", "user_2"] {
        for _ in 0..10 {
            clerk
                .user()
                .update(id, &params)
                .await
                .expect("it is let through");
        }
    }
    let merge = user::UpdateMetadataParams::new();
    let replace = user::ReplaceMetadataParams::new();
    for _ in 0..5 {
        clerk
            .user()
            .update_metadata("user_1", &merge)
            .await
            .expect("it is let through");
        clerk
            .user()
            .replace_metadata("user_1", &replace)
            .await
            .expect("it is let through");
    }
    assert_eq!(clock.seconds(start), [0; 30]);
    clerk
        .user()
        .update("user_1", &params)
        .await
        .expect("it is let through");
    clerk
        .user()
        .replace_metadata("user_1", &replace)
        .await
        .expect("it is let through");
    assert_eq!(clock.seconds(start)[30..], [10, 10]);
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_comes_too_late_is_an_error_at_once_and_nothing_is_sent() {
    let (clock, start) = (Clock::default(), Instant::now());
    let clerk = clock.clerk(RateLimit::published());
    let params = invitation::CreateParams::new("ada@example.com");
    for _ in 0..100 {
        clerk
            .invitation()
            .create(&params)
            .await
            .expect("it is let through");
    }
    let error = clerk
        .invitation()
        .create(&params)
        .timeout(30 * SECOND)
        .await
        .expect_err("an hour is over 30 s");
    assert!(is_held_back(&error) && error.is_retryable(), "{error:?}");
    assert_eq!(error.attempts(), 0);
    assert_eq!(
        error.to_string(),
        "the client's rate limit holds POST /invitations back longer than 30s"
    );
    assert_eq!((clock.count(), start.elapsed()), (100, Duration::ZERO));
    // It took no turn: what has time waits no longer for it.
    clerk
        .invitation()
        .create(&params)
        .timeout(2 * HOUR)
        .await
        .expect("it is let through");
    assert_eq!(clock.seconds(start)[100], 3600);
}

#[tokio::test(start_paused = true)]
async fn the_wait_counts_as_time_of_the_call() {
    let clock = Clock::default();
    let clerk = clock.clerk(RateLimit::new(1, 10 * SECOND));
    clerk.user().get("user_1").await.expect("it is let through");
    let late = clerk.user().get("user_1").timeout(9 * SECOND).await;
    assert!(is_held_back(&late.expect_err("it is too late")));
    clerk
        .user()
        .get("user_1")
        .timeout(11 * SECOND)
        .await
        .expect("it is let through");
}

#[tokio::test(start_paused = true)]
async fn all_who_are_given_a_limit_share_its_turns() {
    let (clock, start) = (Clock::default(), Instant::now());
    let limit = RateLimit::new(2, 10 * SECOND);
    let one = user::Client::new(clock.config(limit.clone()));
    let other = Clerk::new(clock.config(limit));
    let clone = one.clone();
    one.get("user_1").await.expect("it is let through");
    clone.get("user_1").await.expect("it is let through");
    other.jwks().get().await.expect("it is let through");
    assert_eq!(clock.seconds(start), [0, 0, 10]);
}

#[tokio::test(start_paused = true)]
async fn processes_take_their_share() {
    for (processes, at_once) in [(0, 4), (1, 4), (3, 1), (4, 1), (100, 1)] {
        let (clock, start) = (Clock::default(), Instant::now());
        let clerk = clock.clerk(RateLimit::new(4, 10 * SECOND).shared_by(processes));
        join_all((0..5).map(|_| clerk.user().get("user_1"))).await;
        let first = clock.seconds(start).iter().filter(|it| **it == 0).count();
        assert_eq!(first, at_once, "{processes}");
    }
}

#[tokio::test(start_paused = true)]
async fn every_attempt_takes_a_turn() {
    let (clock, start) = (Clock::default(), Instant::now());
    let clerk = clock.clerk(RateLimit::new(1, 10 * SECOND));
    clock.refuse(Some("2"));
    clerk
        .user()
        .get("user_1")
        .await
        .expect("the second attempt");
    assert_eq!(clock.seconds(start), [0, 10]);
}

#[tokio::test(start_paused = true)]
async fn limits_at_their_ends_do_not_overflow() {
    for limit in [
        RateLimit::new(0, Duration::ZERO),
        RateLimit::new(u32::MAX, Duration::MAX),
        RateLimit::new(1, Duration::MAX).shared_by(u32::MAX),
    ] {
        let clock = Clock::default();
        let clerk = clock.clerk(limit);
        for _ in 0..2 {
            let result = clerk.user().get("user_1").timeout(Duration::MAX).await;
            assert!(result.is_ok(), "{result:?}");
        }
    }
}
