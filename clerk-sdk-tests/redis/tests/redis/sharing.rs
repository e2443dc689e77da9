//! Two limits with one Redis stand for two processes: they count together, and share what Clerk says.

use std::time::Duration;

use clerk_sdk::{RateLimit, user};
use futures_util::future::join_all;
use redis::AsyncCommands;
use tokio::time::Instant;

use crate::recording_backend::{HOUR, RecordingBackend};
use crate::redis_server::start_redis;
use crate::scenarios::{is_throttled, redis_limit};

const PERIOD: Duration = Duration::from_millis(300);

#[tokio::test]
async fn processes_count_their_calls_together() {
    let (redis, backend) = (start_redis!(), RecordingBackend::default());
    let create = || backend.clerk(redis_limit(&redis.url(), RateLimit::new(6, PERIOD)));
    let clerks = [create(), create(), create()];
    let calls = (0..30).map(|number| clerks[number % 3].user().get("user_1"));
    for result in join_all(calls).await {
        result.expect("the call gets a permit");
    }
    assert_eq!(backend.count(), 30);
    backend.assert_within(6, PERIOD);
}

#[tokio::test]
async fn one_process_can_use_the_whole_limit() {
    let (redis, backend) = (start_redis!(), RecordingBackend::default());
    let create = || backend.clerk(redis_limit(&redis.url(), RateLimit::new(100, HOUR)));
    let (busy, idle) = (create(), create());
    idle.user()
        .get("user_1")
        .await
        .expect("the call gets a permit");
    let calls = (0..99).map(|_| busy.user().get("user_1").timeout(HOUR / 2));
    for result in join_all(calls).await {
        result.expect("the call gets a permit");
    }
    let error = idle.user().get("user_1").timeout(HOUR / 2).await;
    assert!(is_throttled(&error.expect_err("the limit is used up")));
}

#[tokio::test]
async fn keys_have_limits_of_their_own() {
    let (redis, backend) = (start_redis!(), RecordingBackend::default());
    for key in ["sk_test_one", "sk_test_other"] {
        let limit = redis_limit(&redis.url(), RateLimit::new(1, HOUR));
        let clerk = backend.clerk_with_key(limit, key);
        let call = clerk.user().get("user_1").timeout(HOUR / 2);
        call.await.expect("the call gets a permit");
    }
}

#[tokio::test]
async fn a_429_response_to_one_process_blocks_the_others() {
    let (redis, backend) = (start_redis!(), RecordingBackend::default());
    let create = || backend.clerk(redis_limit(&redis.url(), RateLimit::new(100, PERIOD)));
    let (one, other) = (create(), create());
    let start = Instant::now();
    backend.reject_next("2");
    one.user().get("user_1").await.expect_err("429 is an error");
    let mut connection = redis.connection().await;
    // The process tells Redis in the background.
    while count_keys(&mut connection, "*:cooldown:*").await == 0 {
        tokio::task::yield_now().await;
    }
    let count = other.user().count(&user::CountParams::new());
    count.await.expect("another route is not blocked");
    let call = other.user().get("user_2");
    call.await.expect("the call waits and then succeeds");
    let elapsed = start.elapsed();
    assert!(elapsed >= Duration::from_secs(2), "{elapsed:?}");
}

#[tokio::test]
async fn keys_in_redis_expire_and_contain_no_secrets() {
    let (redis, backend) = (start_redis!(), RecordingBackend::default());
    let limit = redis_limit(&redis.url(), RateLimit::clerk_limits());
    let clerk = backend.clerk_with_key(limit, "sk_live_secret");
    backend.reject_next("5");
    let update = clerk
        .user()
        .update("user_secret", &user::UpdateParams::new());
    update.await.expect_err("429 is an error");
    let mut connection = redis.connection().await;
    while count_keys(&mut connection, "*:cooldown:*").await == 0 {
        tokio::task::yield_now().await;
    }
    let keys: Vec<String> = connection.keys("*").await.expect("the keys");
    assert_eq!(
        count_keys(&mut connection, "*:window:*").await,
        2,
        "{keys:?}"
    );
    let mut tags = Vec::new();
    for key in keys {
        let expires_in: i64 = connection.pttl(&key).await.expect("a time");
        assert!(expires_in != -1, "{key}");
        assert!(!key.contains("secret") && !key.contains("user"), "{key}");
        tags.extend(key.split(['{', '}']).nth(1).map(str::to_owned));
    }
    assert!(
        tags.len() >= 3 && tags.iter().all(|tag| *tag == tags[0]),
        "{tags:?}"
    );
}

async fn count_keys(connection: &mut redis::aio::MultiplexedConnection, pattern: &str) -> usize {
    let keys: Vec<String> = connection.keys(pattern).await.expect("the keys");
    keys.len()
}

#[tokio::test]
async fn permits_of_a_process_that_has_failed_come_back() {
    let (redis, backend) = (start_redis!(), RecordingBackend::default());
    let limit = || {
        let limit = redis_limit(&redis.url(), RateLimit::new(2, PERIOD));
        limit.max_attempt_time(PERIOD)
    };
    // Attempts that do not end within the test stand for a process that gives no permit back.
    let mut hanging = backend.clone();
    hanging.delay = HOUR;
    let (failed, other) = (hanging.clerk(limit()), backend.clerk(limit()));
    let call = || tokio::spawn(failed.user().get("user_1").into_future());
    let _calls = [call(), call()];
    while backend.count() < 2 {
        tokio::task::yield_now().await;
    }
    other
        .user()
        .get("user_1")
        .await
        .expect("the permits come back");
    assert_eq!(backend.count(), 3);
    backend.assert_within(2, PERIOD);
}
