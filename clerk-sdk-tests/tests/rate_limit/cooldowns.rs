//! Tests of cool-downs: which calls a 429 response blocks, and for how long.

use clerk_sdk::{Clerk, ClientConfig, RateLimit, RetryPolicy, user};
use tokio::time::Instant;

use crate::recording_backend::{HOUR, RecordingBackend, SECOND};

#[tokio::test(start_paused = true)]
async fn a_429_response_blocks_its_route_until_retry_after() {
    for (retry_after, blocked) in [
        (Some("7"), 7),
        (None, 1),
        (Some("0"), 1),
        (Some("soon"), 1),
        // An excessive value must not block the route for hours.
        (Some("3600"), 60),
        (Some("999999999999"), 60),
    ] {
        let (backend, start) = (RecordingBackend::default(), Instant::now());
        let config = backend.config(RateLimit::clerk_limits()).timeout(2 * HOUR);
        let clerk = Clerk::new(config.retry(RetryPolicy::none()));
        backend.reject_next(retry_after);
        clerk
            .user()
            .get("user_1")
            .await
            .expect_err("429 is an error");
        clerk
            .user()
            .count(&user::CountParams::new())
            .await
            .expect("the other route is not blocked");
        clerk
            .user()
            .get("user_2")
            .await
            .expect("the call waits and then succeeds");
        assert_eq!(backend.seconds(start), [0, 0, blocked], "{retry_after:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_429_response_blocks_a_single_user_if_each_user_has_a_limit() {
    let (backend, start) = (RecordingBackend::default(), Instant::now());
    let clerk = backend.clerk_without_retries(RateLimit::clerk_limits());
    let update = async |id: &str| {
        let params = user::UpdateParams::new();
        clerk.user().update(id, &params).await
    };
    backend.reject_next(Some("7"));
    update("user_1").await.expect_err("429 is an error");
    update("user_2")
        .await
        .expect("the other user is not blocked");
    update("user_1")
        .await
        .expect("the call waits and then succeeds");
    assert_eq!(backend.seconds(start), [0, 0, 7]);
}

#[tokio::test(start_paused = true)]
async fn a_429_response_blocks_its_key() {
    let (backend, start) = (RecordingBackend::default(), Instant::now());
    let limit = RateLimit::clerk_limits();
    let [one, other] = ["sk_test_one", "sk_test_other"].map(|key| {
        let config = ClientConfig::new(key).backend(backend.clone());
        let config = config.rate_limit(limit.clone());
        user::Client::new(config.retry(RetryPolicy::none()))
    });
    backend.reject_next(Some("7"));
    one.get("user_1").await.expect_err("429 is an error");
    other
        .get("user_1")
        .await
        .expect("the other key is not blocked");
    one.get("user_1")
        .await
        .expect("the call waits and then succeeds");
    assert_eq!(backend.seconds(start), [0, 0, 7]);
}

#[tokio::test(start_paused = true)]
async fn blocked_calls_stay_within_the_limit_after_the_cooldown() {
    let (backend, start) = (RecordingBackend::default(), Instant::now());
    let clerk = backend.clerk_without_retries(RateLimit::new(3, 10 * SECOND));
    backend.reject_next(Some("30"));
    clerk
        .user()
        .get("user_1")
        .await
        .expect_err("429 is an error");
    let blocked = (0..5).map(|_| clerk.user().get("user_1"));
    for result in futures_util::future::join_all(blocked).await {
        result.expect("the call waits and then succeeds");
    }
    assert_eq!(backend.seconds(start), [0, 30, 30, 30, 40, 40]);
}
