//! Tests of calls that wait for a permit, and are dropped, blocked or sent late.

use std::time::Duration;

use clerk_sdk::{RateLimit, invitation, organization, user};
use futures_util::future::join_all;
use futures_util::{FutureExt, StreamExt, stream};
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
        .timeout(12 * SECOND)
        .await
        .expect("the call waits and then succeeds");
    assert_eq!(backend.seconds(start), [0, 10]);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_while_it_waits_releases_the_permits_that_it_has() {
    let (backend, start) = (RecordingBackend::default(), Instant::now());
    let clerk = backend.clerk(RateLimit::clerk_limits());
    join_all((0..100).map(|_| clerk.user().get("user_1"))).await;
    let params = user::UpdateParams::new();
    let update = || join_all((0..10).map(|_| clerk.user().update("user_1", &params)));
    // The calls have permits for the user, and wait for the limit of all routes.
    let waiting = tokio::time::timeout(SECOND, update()).await;
    assert!(waiting.is_err());
    update().await;
    assert_eq!(backend.seconds(start)[100..], [10; 10]);
}

#[tokio::test(start_paused = true)]
async fn an_unused_permit_wakes_the_next_call() {
    let (backend, start) = (RecordingBackend::default(), Instant::now());
    let clerk = backend.clerk(RateLimit::clerk_limits());
    join_all((0..100).map(|_| clerk.user().get("user_1"))).await;
    sleep(5 * SECOND).await;
    // Ten calls have the permits for the user, and the last waits for one of them.
    let params = user::UpdateParams::new();
    let update = || tokio::spawn(clerk.user().update("user_1", &params).into_future());
    let dropped: Vec<_> = (0..10).map(|_| update()).collect();
    let last = update();
    sleep(SECOND).await;
    dropped.iter().for_each(|call| call.abort());
    last.await
        .expect("no panic")
        .expect("the call gets a permit");
    assert_eq!(backend.seconds(start)[100..], [10]);
}

#[tokio::test(start_paused = true)]
async fn a_call_fails_at_once_if_it_would_wait_too_long_after_the_limit_of_its_route() {
    let (backend, start) = (RecordingBackend::default(), Instant::now());
    let clerk = backend.clerk(RateLimit::clerk_limits());
    let params = user::UpdateParams::new();
    join_all((0..10).map(|_| clerk.user().update("user_1", &params))).await;
    for _ in 0..400 {
        tokio::spawn(clerk.user().get("user_1").into_future());
    }
    sleep(SECOND).await;
    // The limit of the user would admit the call after nine seconds, that of all routes after 39.
    let update = clerk.user().update("user_1", &params).timeout(30 * SECOND);
    assert!(is_throttled(&update.await.expect_err("the wait is longer")));
    assert_eq!((backend.count(), start.elapsed()), (100, SECOND));
}

#[tokio::test(start_paused = true)]
async fn a_new_call_does_not_overtake_one_that_waits() {
    let backend = RecordingBackend::default();
    let clerk = backend.clerk(RateLimit::new(1, 10 * SECOND));
    let get = |id| clerk.user().get(id).into_future();
    get("user_1").await.expect("the call gets a permit");
    let mut waiting = get("user_2");
    assert!((&mut waiting).now_or_never().is_none());
    // The permit comes back, but the call has not been polled yet.
    sleep(10 * SECOND + SECOND / 2).await;
    let mut new = get("user_3");
    assert!((&mut new).now_or_never().is_none());
    waiting.await.expect("the call gets a permit");
    new.await.expect("the call gets a permit");
    let users = [1, 2, 3].map(|number| format!("GET /v1/users/user_{number}"));
    assert_eq!(backend.lines(), users);
}

#[tokio::test(start_paused = true)]
async fn calls_get_their_permits_in_the_order_in_which_they_came() {
    let backend = RecordingBackend::default();
    let clerk = backend.clerk(RateLimit::new(2, 10 * SECOND));
    let mut calls = Vec::new();
    for number in 0..9 {
        let id = format!("user_{number}");
        calls.push(tokio::spawn(clerk.user().get(&id).into_future()));
        sleep(SECOND / 10).await;
    }
    calls.remove(4).abort();
    for call in calls {
        call.await
            .expect("no panic")
            .expect("the call gets a permit");
    }
    let users = [0, 1, 2, 3, 5, 6, 7, 8].map(|number| format!("GET /v1/users/user_{number}"));
    assert_eq!(backend.lines(), users);
}

#[tokio::test(start_paused = true)]
async fn a_permit_comes_back_a_period_after_the_response() {
    let (mut backend, start) = (RecordingBackend::default(), Instant::now());
    backend.delay = 5 * SECOND;
    let clerk = backend.clerk(RateLimit::new(1, 10 * SECOND));
    for result in join_all((0..3).map(|_| clerk.user().get("user_1"))).await {
        result.expect("the call gets a permit");
    }
    assert_eq!(backend.seconds(start), [0, 15, 30]);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_not_polled_does_not_block_others() {
    let backend = RecordingBackend::default();
    let clerk = backend.clerk(RateLimit::new(2, 10 * SECOND));
    let get = || clerk.user().get("user_1").timeout(30 * SECOND);
    join_all([get(), get()]).await;
    let mut idle = [get().into_future(), get().into_future()];
    for call in &mut idle {
        assert!(call.now_or_never().is_none());
    }
    for _ in 0..4 {
        get().await.expect("the call gets a permit");
    }
    assert_eq!(backend.count(), 6);
}

#[tokio::test(start_paused = true)]
async fn the_consumer_of_buffered_calls_can_call_too() {
    let backend = RecordingBackend::default();
    let clerk = backend.clerk(RateLimit::new(3, 10 * SECOND));
    let calls = (0..20).map(|_| clerk.user().get("user_1").into_future());
    let mut calls = stream::iter(calls).buffered(8);
    while let Some(result) = calls.next().await {
        result.expect("the call gets a permit");
        let ban = clerk.user().ban("user_1").await;
        ban.expect("the call gets a permit");
    }
    assert_eq!(backend.count(), 40);
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
    // The blocked calls get the permit first, and give it back at once.
    let other = backend.times("GET /v1/jwks").into_iter();
    let other: Vec<u64> = other.map(|it| (it - start).as_secs()).collect();
    assert_eq!(other, [12]);
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
