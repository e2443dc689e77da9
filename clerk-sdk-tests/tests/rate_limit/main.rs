//! Tests of the client-side rate limit. Tokio's clock is paused, so it advances to the next timer when all tasks are
//! idle.

mod cooldowns;
mod random_schedules;
mod recording_backend;
mod strict_limits;
mod strict_server;
mod waiting_calls;

use std::time::Duration;

use clerk_sdk::{Clerk, ClientConfig, RateLimit, interstitial, invitation, user};
use futures_util::FutureExt;
use futures_util::future::join_all;
use recording_backend::{HOUR, RecordingBackend, SECOND, is_throttled};
use tokio::time::{Instant, sleep};

#[tokio::test(start_paused = true)]
async fn no_period_has_more_calls_than_the_limit_and_no_call_waits_longer_than_necessary() {
    let (backend, start) = (RecordingBackend::default(), Instant::now());
    let clerk = backend.clerk(RateLimit::new(3, 10 * SECOND));
    for result in join_all((0..8).map(|_| clerk.user().get("user_1"))).await {
        result.expect("the call gets a permit");
    }
    assert_eq!(backend.seconds(start), [0, 0, 0, 10, 10, 10, 20, 20]);
    sleep(15 * SECOND).await;
    for _ in 0..3 {
        clerk
            .user()
            .get("user_1")
            .await
            .expect("the call gets a permit");
    }
    assert_eq!(backend.seconds(start)[8..], [35, 35, 35]);
}

#[tokio::test(start_paused = true)]
async fn the_published_limits_depend_on_the_key() {
    for (key, count) in [("sk_test_1", 100), ("sk_live_1", 1000), ("else", 100)] {
        let (backend, start) = (RecordingBackend::default(), Instant::now());
        let config = ClientConfig::new(key).backend(backend.clone());
        let clerk = Clerk::new(config.rate_limit(RateLimit::clerk_limits()));
        join_all((0..=count).map(|_| clerk.user().get("user_1"))).await;
        let seconds = backend.seconds(start);
        assert_eq!((seconds[count - 1], seconds[count]), (0, 10), "{key}");
    }
}

#[tokio::test(start_paused = true)]
async fn calls_with_a_live_key_and_with_a_test_key_are_counted_separately() {
    let (backend, start) = (RecordingBackend::default(), Instant::now());
    let limit = RateLimit::clerk_limits();
    for (key, count) in [("sk_live_1", 1000), ("sk_test_1", 100)] {
        let config = ClientConfig::new(key).backend(backend.clone());
        let clerk = Clerk::new(config.rate_limit(limit.clone()));
        join_all((0..count).map(|_| clerk.user().get("user_1"))).await;
    }
    assert_eq!(backend.seconds(start), [0; 1100]);
}

#[test]
fn a_call_outside_a_runtime_does_not_wait() {
    let backend = RecordingBackend::default();
    let clerk = backend.clerk(RateLimit::new(2, HOUR));
    let call = || clerk.user().get("user_1").into_future().now_or_never();
    for _ in 0..2 {
        call()
            .expect("the call does not wait")
            .expect("the call gets a permit");
    }
    let error = call()
        .expect("the call does not wait")
        .expect_err("there is no permit");
    assert!(is_throttled(&error), "{error:?}");
    assert_eq!(backend.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_route_without_a_limit_is_not_counted() {
    let (backend, start) = (RecordingBackend::default(), Instant::now());
    let clerk = backend.clerk(RateLimit::clerk_limits());
    join_all((0..500).map(|_| clerk.jwks().get())).await;
    clerk
        .user()
        .get("user_1")
        .await
        .expect("the call gets a permit");
    assert_eq!(backend.seconds(start), [0; 501]);
}

#[tokio::test(start_paused = true)]
async fn a_call_without_a_key_is_not_counted() {
    let (backend, start) = (RecordingBackend::default(), Instant::now());
    let config = ClientConfig::new("sk_live_1").backend(backend.clone());
    let clerk = Clerk::new(config.rate_limit(RateLimit::clerk_limits()));
    join_all((0..999).map(|_| clerk.user().get("user_1"))).await;
    let params = interstitial::GetParams::new();
    let page = clerk.interstitial().get(&params).await;
    page.expect("the call gets a permit");
    clerk
        .user()
        .get("user_1")
        .await
        .expect("the thousandth call gets a permit");
    assert_eq!(backend.seconds(start), [0; 1001]);
}

#[tokio::test(start_paused = true)]
async fn updates_are_counted_for_each_user() {
    let (backend, start) = (RecordingBackend::default(), Instant::now());
    let clerk = backend.clerk(RateLimit::clerk_limits());
    let params = user::UpdateParams::new();
    for id in ["user_1", "user_2"] {
        for _ in 0..10 {
            clerk
                .user()
                .update(id, &params)
                .await
                .expect("the call gets a permit");
        }
    }
    let merge = user::UpdateMetadataParams::new();
    let replace = user::ReplaceMetadataParams::new();
    for _ in 0..5 {
        clerk
            .user()
            .update_metadata("user_1", &merge)
            .await
            .expect("the call gets a permit");
        clerk
            .user()
            .replace_metadata("user_1", &replace)
            .await
            .expect("the call gets a permit");
    }
    assert_eq!(backend.seconds(start), [0; 30]);
    clerk
        .user()
        .update("user_1", &params)
        .await
        .expect("the call gets a permit");
    clerk
        .user()
        .replace_metadata("user_1", &replace)
        .await
        .expect("the call gets a permit");
    assert_eq!(backend.seconds(start)[30..], [10, 10]);
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_permit_comes_too_late_fails_at_once_and_is_not_sent() {
    let (backend, start) = (RecordingBackend::default(), Instant::now());
    let clerk = backend.clerk(RateLimit::clerk_limits());
    let params = invitation::CreateParams::new("ada@example.com");
    for _ in 0..100 {
        clerk
            .invitation()
            .create(&params)
            .await
            .expect("the call gets a permit");
    }
    let error = clerk
        .invitation()
        .create(&params)
        .timeout(30 * SECOND)
        .await
        .expect_err("the next permit is available in an hour");
    assert!(is_throttled(&error) && error.is_retryable(), "{error:?}");
    assert_eq!(error.attempt_count(), 0);
    assert_eq!(
        error.to_string(),
        "waiting for the client's rate limit before POST /invitations would take longer than 30s"
    );
    assert_eq!((backend.count(), start.elapsed()), (100, Duration::ZERO));
    // The failed call has released its permit, so a call with enough time does not wait any longer.
    clerk
        .invitation()
        .create(&params)
        .timeout(2 * HOUR)
        .await
        .expect("the call gets a permit");
    assert_eq!(backend.seconds(start)[100], 3600);
}

#[tokio::test(start_paused = true)]
async fn waiting_for_a_permit_counts_towards_the_timeout() {
    let backend = RecordingBackend::default();
    let clerk = backend.clerk(RateLimit::new(1, 10 * SECOND));
    clerk
        .user()
        .get("user_1")
        .await
        .expect("the call gets a permit");
    let late = clerk.user().get("user_1").timeout(9 * SECOND).await;
    assert!(is_throttled(&late.expect_err("the permit comes too late")));
    clerk
        .user()
        .get("user_1")
        .timeout(12 * SECOND)
        .await
        .expect("the call gets a permit");
}

#[tokio::test(start_paused = true)]
async fn all_clients_with_a_limit_share_its_permits() {
    let (backend, start) = (RecordingBackend::default(), Instant::now());
    let limit = RateLimit::new(2, 10 * SECOND);
    let one = user::Client::new(backend.config(limit.clone()));
    let other = Clerk::new(backend.config(limit));
    let clone = one.clone();
    one.get("user_1").await.expect("the call gets a permit");
    clone.get("user_1").await.expect("the call gets a permit");
    other.jwks().get().await.expect("the call gets a permit");
    assert_eq!(backend.seconds(start), [0, 0, 10]);
}

#[tokio::test(start_paused = true)]
async fn processes_share_the_limit() {
    for (processes, at_once) in [(0, 4), (1, 4), (3, 1), (4, 1), (100, 1)] {
        let (backend, start) = (RecordingBackend::default(), Instant::now());
        let clerk = backend.clerk(RateLimit::new(4, 10 * SECOND).divided_by(processes));
        join_all((0..5).map(|_| clerk.user().get("user_1"))).await;
        let first = backend.seconds(start).iter().filter(|it| **it == 0).count();
        assert_eq!(first, at_once, "{processes}");
    }
}

#[tokio::test(start_paused = true)]
async fn every_attempt_needs_a_permit() {
    let (backend, start) = (RecordingBackend::default(), Instant::now());
    let clerk = backend.clerk(RateLimit::new(1, 10 * SECOND));
    backend.reject_next(Some("2"));
    clerk
        .user()
        .get("user_1")
        .await
        .expect("the second attempt succeeds");
    assert_eq!(backend.seconds(start), [0, 10]);
}

#[tokio::test(start_paused = true)]
async fn extreme_limits_do_not_overflow() {
    for limit in [
        RateLimit::new(0, Duration::ZERO),
        RateLimit::new(u32::MAX, Duration::MAX),
        RateLimit::new(1, Duration::MAX).divided_by(u32::MAX),
    ] {
        let backend = RecordingBackend::default();
        let clerk = backend.clerk(limit);
        for _ in 0..2 {
            let result = clerk.user().get("user_1").timeout(Duration::MAX).await;
            assert!(result.is_ok(), "{result:?}");
        }
    }
}
