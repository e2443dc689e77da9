//! Tests of calls that wait for a permit, and are dropped, blocked or sent late.

use std::time::Duration;

use clerk_sdk::{RateLimit, invitation, organization};
use futures_util::FutureExt;
use futures_util::future::join_all;
use tokio::time::{Instant, sleep};

use crate::recording_backend::{HOUR, RecordingBackend, SECOND, is_throttled};

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_while_it_waits_sends_nothing() {
    let backend = RecordingBackend::default();
    let clerk = backend.clerk(RateLimit::new(1, 10 * SECOND));
    clerk
        .user()
        .get("user_1")
        .await
        .expect("the call gets a permit");
    let waiting = tokio::time::timeout(SECOND, clerk.user().get("user_1")).await;
    assert!(waiting.is_err());
    sleep(HOUR).await;
    assert_eq!(backend.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_while_it_waits_releases_its_permit() {
    let (backend, start) = (RecordingBackend::default(), Instant::now());
    let clerk = backend.clerk(RateLimit::new(1, 10 * SECOND));
    clerk
        .user()
        .get("user_1")
        .await
        .expect("the call gets a permit");
    let waiting = (0..5).map(|_| clerk.user().get("user_1"));
    let waiting = tokio::time::timeout(SECOND, join_all(waiting)).await;
    assert!(waiting.is_err());
    clerk
        .user()
        .get("user_1")
        .await
        .expect("the call waits and then succeeds");
    assert_eq!(backend.seconds(start), [0, 10]);
}

#[tokio::test(start_paused = true)]
async fn a_blocked_route_does_not_delay_others() {
    let backend = RecordingBackend::default();
    let clerk = backend.clerk_without_retries(RateLimit::clerk_limits());
    backend.reject_next(Some("19"));
    clerk
        .user()
        .get("user_1")
        .await
        .expect_err("429 is an error");
    let mut blocked = Vec::new();
    for _ in 0..100 {
        blocked.push(tokio::spawn(clerk.user().get("user_1").into_future()));
    }
    let params = organization::ListParams::new();
    for _ in 0..18 {
        sleep(SECOND).await;
        let called_at = Instant::now();
        let list = clerk.organization().list(&params).into_future();
        list.now_or_never().expect("the call does not wait").ok();
        assert_eq!(
            backend.times("GET /v1/organizations").last(),
            Some(&called_at)
        );
    }
    for call in blocked {
        call.await
            .expect("no panic")
            .expect("the call waits and then succeeds");
    }
}

#[tokio::test(start_paused = true)]
async fn a_route_that_waits_for_its_own_limit_does_not_delay_others() {
    let (backend, start) = (RecordingBackend::default(), Instant::now());
    let clerk = backend.clerk(RateLimit::clerk_limits());
    let params = invitation::CreateParams::new("ada@example.com");
    let create = || clerk.invitation().create(&params).timeout(2 * HOUR);
    join_all((0..100).map(|_| create())).await;
    for _ in 0..100 {
        tokio::spawn(create().into_future());
    }
    sleep(10 * SECOND).await;
    let user = clerk.user().get("user_1").timeout(SECOND).await;
    user.expect("the call gets a permit");
    assert_eq!(backend.seconds(start)[100..], [10]);
    sleep(HOUR).await;
    assert_eq!(backend.seconds(start)[101..], [3600; 100]);
}

#[tokio::test(start_paused = true)]
async fn a_released_permit_between_others_is_reused() {
    let (backend, start) = (RecordingBackend::default(), Instant::now());
    let clerk = backend.clerk(RateLimit::new(2, 10 * SECOND));
    let get = || tokio::spawn(clerk.user().get("user_1").into_future());
    let mut calls = vec![get()];
    sleep(4 * SECOND).await;
    calls.extend((0..4).map(|_| get()));
    // The permits of these calls are for the seconds 4, 10, 14 and 20.
    sleep(SECOND).await;
    calls.remove(2).abort();
    sleep(SECOND).await;
    calls.push(get());
    for call in calls {
        call.await
            .expect("no panic")
            .expect("the call gets a permit");
    }
    assert_eq!(backend.seconds(start), [0, 4, 10, 14, 20]);
}

#[tokio::test(start_paused = true)]
async fn a_429_response_blocks_calls_that_are_waiting_already() {
    let (mut backend, start) = (RecordingBackend::default(), Instant::now());
    backend.delay = 2 * SECOND;
    backend.reject_next(Some("15"));
    let clerk = backend.clerk_without_retries(RateLimit::new(1, 10 * SECOND));
    let first = tokio::spawn(clerk.user().get("user_1").into_future());
    sleep(SECOND).await;
    let patient = clerk.user().get("user_1");
    let hasty = clerk.user().get("user_1").timeout(12 * SECOND);
    let other = clerk.jwks().get();
    let (patient, hasty, other) = tokio::join!(patient, hasty.into_future(), other);
    first.await.expect("no panic").expect_err("429 is an error");
    other.expect("the other route is not blocked");
    patient.expect("the call waits and then succeeds");
    assert!(is_throttled(
        &hasty.expect_err("the cool-down exceeds the timeout")
    ));
    assert_eq!(backend.times("GET /v1/jwks").len(), 1);
    let users = backend.times("GET /v1/users").into_iter();
    let users: Vec<u64> = users.map(|it| (it - start).as_secs()).collect();
    assert!(users[0] == 0 && users[1] >= 17, "{users:?}");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_sent_late_counts_from_the_time_it_is_sent() {
    let (backend, start) = (RecordingBackend::default(), Instant::now());
    let clerk = backend.clerk(RateLimit::new(1, 10 * SECOND));
    clerk
        .user()
        .get("user_1")
        .await
        .expect("the call gets a permit");
    // The call has a permit for second 10, but is not polled then.
    let mut late = clerk.user().get("user_1").into_future();
    assert!((&mut late).now_or_never().is_none());
    let next = tokio::spawn(clerk.user().get("user_1").into_future());
    sleep(19 * SECOND).await;
    late.await.expect("the call gets a permit");
    next.await
        .expect("no panic")
        .expect("the call gets a permit");
    assert_eq!(backend.seconds(start), [0, 19, 29]);
}

#[tokio::test(start_paused = true)]
async fn a_permit_that_leaves_no_time_for_a_response_is_not_taken() {
    let (backend, start) = (RecordingBackend::default(), Instant::now());
    let clerk = backend.clerk(RateLimit::new(1, 10 * SECOND));
    clerk
        .user()
        .get("user_1")
        .await
        .expect("the call gets a permit");
    let ban = clerk.user().ban("user_1").timeout(10 * SECOND + SECOND / 2);
    assert!(is_throttled(&ban.await.expect_err("half a second is left")));
    assert_eq!((backend.count(), start.elapsed()), (1, Duration::ZERO));
}
