//! One list of scenarios that the limit of one process and the limit in Redis both keep to. They state what holds however
//! long anything takes.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use clerk_sdk::{Error, RateLimit, RateLimiter, RedisFallback, RedisRateLimit, TimeoutPhase, user};
use futures_util::future::join_all;

use crate::recording_backend::{HOUR, RecordingBackend};
use crate::redis_server::start_redis;

const PERIOD: Duration = Duration::from_millis(200);

type Limiter = Arc<dyn RateLimiter>;
type Create<'c> = &'c dyn Fn(RateLimit) -> Limiter;
type Scenario = for<'c> fn(Create<'c>) -> Pin<Box<dyn Future<Output = ()> + 'c>>;

/// The scenarios, each with the limiter that `create` creates.
const SCENARIOS: [Scenario; 7] = [
    |create| Box::pin(no_period_has_more_calls_than_the_limit(create)),
    |create| Box::pin(a_call_counts_until_a_period_after_its_end(create)),
    |create| Box::pin(a_call_that_would_wait_too_long_fails_at_once(create)),
    |create| Box::pin(a_dropped_call_leaves_its_permit_to_others(create)),
    |create| Box::pin(a_429_response_blocks_the_route(create)),
    |create| Box::pin(updates_are_counted_for_each_user(create)),
    |create| Box::pin(a_route_without_a_limit_is_not_counted(create)),
];

#[tokio::test]
async fn the_limit_of_one_process_keeps_to_the_scenarios() {
    for scenario in SCENARIOS {
        scenario(&|limits| Arc::new(limits)).await;
    }
}

#[tokio::test]
async fn the_limit_in_redis_keeps_to_the_scenarios() {
    for scenario in SCENARIOS {
        let redis = start_redis!();
        scenario(&|limits| Arc::new(redis_limit(&redis.url(), limits))).await;
    }
}

/// A limit that never uses the fallback while Redis is available, however slow the machine is.
pub(crate) fn redis_limit(url: &str, limits: RateLimit) -> RedisRateLimit {
    let limit = RedisRateLimit::new(url, limits, RedisFallback::Refuse);
    limit.expect("the URL is valid").max_delay(HOUR)
}

pub(crate) fn is_throttled(error: &Error) -> bool {
    matches!(error, Error::Timeout(error) if error.phase() == TimeoutPhase::RateLimit)
}

async fn no_period_has_more_calls_than_the_limit(create: Create<'_>) {
    let backend = RecordingBackend::default();
    let clerk = backend.clerk(create(RateLimit::new(5, PERIOD)));
    for result in join_all((0..23).map(|_| clerk.user().get("user_1"))).await {
        result.expect("the call gets a permit");
    }
    assert_eq!(backend.count(), 23);
    backend.assert_within(5, PERIOD);
}

async fn a_call_counts_until_a_period_after_its_end(create: Create<'_>) {
    let mut backend = RecordingBackend::default();
    backend.delay = PERIOD / 2;
    let clerk = backend.clerk(create(RateLimit::new(2, PERIOD)));
    join_all((0..6).map(|_| clerk.user().get("user_1"))).await;
    assert_eq!(backend.count(), 6);
    backend.assert_within(2, PERIOD * 3 / 2);
}

async fn a_call_that_would_wait_too_long_fails_at_once(create: Create<'_>) {
    let backend = RecordingBackend::default();
    let clerk = backend.clerk(create(RateLimit::new(2, HOUR)));
    join_all((0..2).map(|_| clerk.user().get("user_1"))).await;
    let call = clerk.user().get("user_1").timeout(HOUR / 2);
    let error = call.await.expect_err("the permit comes in an hour");
    assert!(is_throttled(&error), "{error}");
    assert_eq!(backend.count(), 2);
}

async fn a_dropped_call_leaves_its_permit_to_others(create: Create<'_>) {
    let backend = RecordingBackend::default();
    let clerk = backend.clerk(create(RateLimit::new(2, PERIOD)));
    let (one, other) = (clerk.clone(), clerk.clone());
    let first = [one.user().get("user_1"), other.user().get("user_1")];
    join_all(first).await;
    let waiting = (0..10).map(|_| clerk.user().get("user_1").into_future());
    let waiting: Vec<_> = waiting.map(|call| tokio::spawn(call)).collect();
    tokio::task::yield_now().await;
    for call in &waiting[..9] {
        call.abort();
    }
    let last = waiting.into_iter().next_back().expect("ten calls");
    let result = last.await.expect("the call is not aborted");
    result.expect("the call gets a permit");
    backend.assert_within(2, PERIOD);
}

async fn a_429_response_blocks_the_route(create: Create<'_>) {
    let backend = RecordingBackend::default();
    let clerk = backend.clerk(create(RateLimit::new(100, PERIOD)));
    backend.reject_next("1");
    let start = tokio::time::Instant::now();
    let error = clerk.user().get("user_1").await;
    assert!(error.expect_err("429 is an error").is_rate_limited());
    let count = clerk.user().count(&user::CountParams::new());
    count.await.expect("another route is not blocked");
    let call = clerk.user().get("user_2");
    call.await.expect("the call waits and then succeeds");
    let elapsed = start.elapsed();
    assert!(elapsed >= Duration::from_secs(1), "{elapsed:?}");
}

async fn updates_are_counted_for_each_user(create: Create<'_>) {
    let backend = RecordingBackend::default();
    let clerk = backend.clerk(create(RateLimit::clerk_limits()));
    let params = user::UpdateParams::new();
    let update = |id: &'static str| clerk.user().update(id, &params);
    for id in ["user_1", "user_2"] {
        for result in join_all((0..10).map(|_| update(id))).await {
            result.expect("the call gets a permit");
        }
    }
    let eleventh = update("user_1").timeout(Duration::from_secs(1)).await;
    let error = eleventh.expect_err("the permit comes in ten seconds");
    assert!(is_throttled(&error), "{error}");
    update("user_3").await.expect("the call gets a permit");
}

async fn a_route_without_a_limit_is_not_counted(create: Create<'_>) {
    let backend = RecordingBackend::default();
    let clerk = backend.clerk(create(RateLimit::clerk_limits()));
    for result in join_all((0..150).map(|_| clerk.jwks().get().timeout(25 * PERIOD))).await {
        result.expect("the call needs no permit");
    }
}
