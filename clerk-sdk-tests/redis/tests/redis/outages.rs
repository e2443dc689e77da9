//! What calls do while Redis is not available, and afterwards.

use std::time::Duration;

use clerk_sdk::{Clerk, RateLimit, RedisFallback, RedisRateLimit, user};
use tokio::time::sleep;

use crate::recording_backend::{HOUR, RecordingBackend};
use crate::redis_server::{RedisServer, start_redis};
use crate::scenarios::is_throttled;

const PERIOD: Duration = Duration::from_millis(500);

/// A limit of 4 calls in an hour, of which each of two processes has a share of 2.
fn hourly_limit(redis: &RedisServer) -> RedisRateLimit {
    let fallback = RedisFallback::OwnShare { processes: 2 };
    let limit = RedisRateLimit::new(&redis.url(), RateLimit::new(4, HOUR), fallback);
    limit.expect("the URL is valid").max_delay(HOUR)
}

/// Makes a call that does not wait for an hour; returns whether it was sent.
async fn is_sent(clerk: &Clerk) -> bool {
    let result = clerk.user().get("user_1").timeout(HOUR / 2).await;
    if let Err(error) = &result {
        assert!(is_throttled(error), "{error}");
    }
    result.is_ok()
}

/// Waits until the limit knows whether Redis is available.
async fn until(limit: &RedisRateLimit, is_available: bool) {
    while limit.unavailable_reason().is_none() != is_available {
        sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn without_redis_each_process_has_its_own_share_at_once() {
    let (mut redis, backend) = (start_redis!(), RecordingBackend::default());
    redis.kill();
    let (limit, other) = (hourly_limit(&redis), hourly_limit(&redis));
    let (clerk, other) = (backend.clerk(limit.clone()), backend.clerk(other));
    let mut sent = Vec::new();
    for clerk in [&clerk, &clerk, &clerk, &other, &other, &other] {
        sent.push(is_sent(clerk).await);
    }
    assert_eq!(sent, [true, true, false, true, true, false]);
    assert_eq!(limit.unavailable_reason(), Some("no connection to Redis"));
}

#[tokio::test]
async fn calls_that_redis_permitted_count_towards_the_own_share_of_an_outage() {
    for (before, after) in [(1, 1), (2, 0), (3, 0)] {
        let (mut redis, backend) = (start_redis!(), RecordingBackend::default());
        let limit = hourly_limit(&redis);
        let clerk = backend.clerk(limit.clone());
        for _ in 0..before {
            assert!(is_sent(&clerk).await);
        }
        redis.kill();
        let mut sent = 0;
        while is_sent(&clerk).await {
            sent += 1;
        }
        assert_eq!(sent, after);
        assert!(limit.unavailable_reason().is_some());
    }
}

#[tokio::test]
async fn calls_of_an_outage_count_when_redis_is_available_again() {
    let (mut redis, backend) = (start_redis!(), RecordingBackend::default());
    let limit = hourly_limit(&redis);
    let clerk = backend.clerk(limit.clone());
    redis.kill();
    assert!(is_sent(&clerk).await && is_sent(&clerk).await);
    redis.restart().await;
    until(&limit, true).await;
    let mut connection = redis.connection().await;
    // Both calls, and the member that identifies the generation.
    while window_size(&mut connection).await < 3 {
        sleep(Duration::from_millis(1)).await;
    }
    let other = backend.clerk(hourly_limit(&redis));
    let mut sent = 0;
    while is_sent(&other).await {
        sent += 1;
    }
    assert_eq!(sent, 2, "the limit of both is 4");
}

#[tokio::test]
async fn after_an_outage_a_route_gets_no_permits_that_calls_of_another_route_have_taken_up() {
    let (mut redis, backend) = (start_redis!(), RecordingBackend::default());
    let fallback = RedisFallback::OwnShare { processes: 1 };
    let limit = RedisRateLimit::new(&redis.url(), RateLimit::new(4, HOUR), fallback);
    let limit = limit.expect("the URL is valid").max_delay(HOUR);
    let clerk = backend.clerk(limit.clone());
    redis.kill();
    for _ in 0..2 {
        assert!(is_sent(&clerk).await);
        let count = clerk.user().count(&user::CountParams::new());
        count.await.expect("the call is one of the share");
    }
    redis.restart().await;
    // Calls that do not stop ask for permits as soon as Redis is available again.
    while limit.unavailable_reason().is_some() {
        assert!(!is_sent(&clerk).await);
        tokio::task::yield_now().await;
    }
    assert!(!is_sent(&clerk).await);
    assert_eq!(backend.count(), 4);
}

async fn window_size(connection: &mut redis::aio::MultiplexedConnection) -> usize {
    let keys = redis::cmd("KEYS").arg("*:window:*").clone();
    let keys: Vec<String> = keys.query_async(connection).await.expect("the keys");
    let Some(key) = keys.first() else {
        return 0;
    };
    let size = redis::cmd("ZCARD").arg(key).clone();
    size.query_async(connection).await.expect("a size")
}

#[tokio::test]
async fn a_process_that_knows_of_lost_permits_keeps_to_its_own_share() {
    let (redis, backend) = (start_redis!(), RecordingBackend::default());
    let clerk = backend.clerk(hourly_limit(&redis));
    for _ in 0..4 {
        assert!(is_sent(&clerk).await);
    }
    // As if Redis had evicted all keys.
    let flush = redis::cmd("FLUSHALL");
    let mut connection = redis.connection().await;
    flush
        .exec_async(&mut connection)
        .await
        .expect("it is flushed");
    assert!(!is_sent(&clerk).await);
}

#[tokio::test]
async fn a_restart_under_load_exceeds_no_limit_and_stops_no_call() {
    let (mut redis, backend) = (start_redis!(), RecordingBackend::default());
    let fallback = RedisFallback::OwnShare { processes: 1 };
    let limit = RedisRateLimit::new(&redis.url(), RateLimit::new(10, PERIOD), fallback);
    let limit = limit.expect("the URL is valid");
    let clerk = backend.clerk(limit.clone());
    let calls = (0..8).map(|_| {
        let clerk = clerk.clone();
        tokio::spawn(async move {
            for _ in 0..12 {
                let result = clerk.user().get("user_1").await;
                result.expect("the call gets a permit");
            }
        })
    });
    let calls: Vec<_> = calls.collect();
    for restart in 1..=2 {
        while backend.count() < restart * 25 {
            sleep(Duration::from_millis(1)).await;
        }
        redis.kill();
        until(&limit, false).await;
        redis.restart().await;
        until(&limit, true).await;
    }
    for call in calls {
        call.await.expect("no call fails");
    }
    assert_eq!(backend.count(), 96);
    backend.assert_within(10, PERIOD);
}

#[tokio::test]
async fn a_server_that_stops_responding_and_goes_on_is_used_again() {
    let (redis, backend) = (start_redis!(), RecordingBackend::default());
    let fallback = RedisFallback::OwnShare { processes: 1 };
    let limit = RedisRateLimit::new(&redis.url(), RateLimit::new(1000, HOUR), fallback);
    let limit = limit.expect("the URL is valid");
    let clerk = backend.clerk(limit.clone());
    assert!(is_sent(&clerk).await);
    redis.signal("-STOP");
    assert!(is_sent(&clerk).await);
    until(&limit, false).await;
    assert_eq!(
        limit.unavailable_reason(),
        Some("Redis did not respond in time")
    );
    assert!(is_sent(&clerk).await);
    redis.signal("-CONT");
    until(&limit, true).await;
    assert!(is_sent(&clerk).await);
}

#[tokio::test]
async fn the_fallback_can_be_to_pass_or_to_refuse_calls() {
    for (fallback, expected) in [(RedisFallback::Pass, true), (RedisFallback::Refuse, false)] {
        let (mut redis, backend) = (start_redis!(), RecordingBackend::default());
        let limits = RateLimit::new(1, HOUR);
        let limit = RedisRateLimit::new(&redis.url(), limits, fallback);
        let clerk = backend.clerk(limit.expect("the URL is valid").max_delay(HOUR));
        assert!(is_sent(&clerk).await);
        redis.kill();
        for _ in 0..3 {
            assert_eq!(is_sent(&clerk).await, expected, "{fallback:?}");
        }
    }
}
