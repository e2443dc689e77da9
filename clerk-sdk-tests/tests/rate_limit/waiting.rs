//! What becomes of calls while they wait for their turn.

use std::time::Duration;

use clerk_sdk::{RateLimit, invitation, organization};
use futures_util::FutureExt;
use futures_util::future::join_all;
use tokio::time::{Instant, sleep};

use crate::clock::{Clock, HOUR, SECOND, is_held_back};

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_while_it_waits_sends_nothing() {
    let clock = Clock::default();
    let clerk = clock.clerk(RateLimit::new(1, 10 * SECOND));
    clerk.user().get("user_1").await.expect("it is let through");
    let waiting = tokio::time::timeout(SECOND, clerk.user().get("user_1")).await;
    assert!(waiting.is_err());
    sleep(HOUR).await;
    assert_eq!(clock.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_while_it_waits_gives_its_turn_back() {
    let (clock, start) = (Clock::default(), Instant::now());
    let clerk = clock.clerk(RateLimit::new(1, 10 * SECOND));
    clerk.user().get("user_1").await.expect("it is let through");
    let waiting = (0..5).map(|_| clerk.user().get("user_1"));
    let waiting = tokio::time::timeout(SECOND, join_all(waiting)).await;
    assert!(waiting.is_err());
    clerk.user().get("user_1").await.expect("it waited");
    assert_eq!(clock.seconds(start), [0, 10]);
}

#[tokio::test(start_paused = true)]
async fn a_route_that_is_held_back_takes_nothing_from_others() {
    let clock = Clock::default();
    let clerk = clock.once(RateLimit::published());
    clock.refuse(Some("19"));
    clerk.user().get("user_1").await.expect_err("it is refused");
    let mut held = Vec::new();
    for _ in 0..100 {
        held.push(tokio::spawn(clerk.user().get("user_1").into_future()));
    }
    let params = organization::ListParams::new();
    for _ in 0..18 {
        sleep(SECOND).await;
        let asked = Instant::now();
        let list = clerk.organization().list(&params).into_future();
        list.now_or_never().expect("it does not wait").ok();
        assert_eq!(clock.times("GET /v1/organizations").last(), Some(&asked));
    }
    for held in held {
        held.await.expect("no panic").expect("it waited");
    }
}

#[tokio::test(start_paused = true)]
async fn a_route_whose_turns_are_far_off_takes_nothing_from_others() {
    let (clock, start) = (Clock::default(), Instant::now());
    let clerk = clock.clerk(RateLimit::published());
    let params = invitation::CreateParams::new("ada@example.com");
    let create = || clerk.invitation().create(&params).timeout(2 * HOUR);
    join_all((0..100).map(|_| create())).await;
    for _ in 0..100 {
        tokio::spawn(create().into_future());
    }
    sleep(10 * SECOND).await;
    let user = clerk.user().get("user_1").timeout(SECOND).await;
    user.expect("it is let through");
    assert_eq!(clock.seconds(start)[100..], [10]);
    sleep(HOUR).await;
    assert_eq!(clock.seconds(start)[101..], [3600; 100]);
}

#[tokio::test(start_paused = true)]
async fn a_gap_before_turns_that_are_taken_is_used() {
    let (clock, start) = (Clock::default(), Instant::now());
    let clerk = clock.clerk(RateLimit::new(2, 10 * SECOND));
    let get = || tokio::spawn(clerk.user().get("user_1").into_future());
    let mut calls = vec![get()];
    sleep(4 * SECOND).await;
    calls.extend((0..4).map(|_| get()));
    // They have 4, 10, 14 and 20.
    sleep(SECOND).await;
    calls.remove(2).abort();
    sleep(SECOND).await;
    calls.push(get());
    for call in calls {
        call.await.expect("no panic").expect("it is let through");
    }
    assert_eq!(clock.seconds(start), [0, 4, 10, 14, 20]);
}

#[tokio::test(start_paused = true)]
async fn who_waits_hears_of_a_refusal() {
    let (mut clock, start) = (Clock::default(), Instant::now());
    clock.delay = 2 * SECOND;
    clock.refuse(Some("15"));
    let clerk = clock.once(RateLimit::new(1, 10 * SECOND));
    let first = tokio::spawn(clerk.user().get("user_1").into_future());
    sleep(SECOND).await;
    let patient = clerk.user().get("user_1");
    let hasty = clerk.user().get("user_1").timeout(12 * SECOND);
    let other = clerk.jwks().get();
    let (patient, hasty, other) = tokio::join!(patient, hasty.into_future(), other);
    first.await.expect("no panic").expect_err("it is refused");
    other.expect("another route");
    patient.expect("it waited");
    assert!(is_held_back(&hasty.expect_err("it is too late")));
    assert_eq!(clock.times("GET /v1/jwks").len(), 1);
    let users = clock.times("GET /v1/users").into_iter();
    let users: Vec<u64> = users.map(|it| (it - start).as_secs()).collect();
    assert!(users[0] == 0 && users[1] >= 17, "{users:?}");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_goes_out_late_counts_from_then() {
    let (clock, start) = (Clock::default(), Instant::now());
    let clerk = clock.clerk(RateLimit::new(1, 10 * SECOND));
    clerk.user().get("user_1").await.expect("it is let through");
    // Its turn is at 10, but nobody looks at it then.
    let mut late = clerk.user().get("user_1").into_future();
    assert!((&mut late).now_or_never().is_none());
    let next = tokio::spawn(clerk.user().get("user_1").into_future());
    sleep(19 * SECOND).await;
    late.await.expect("it is let through");
    next.await.expect("no panic").expect("it is let through");
    assert_eq!(clock.seconds(start), [0, 19, 29]);
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_leaves_no_time_for_an_answer_is_not_taken() {
    let (clock, start) = (Clock::default(), Instant::now());
    let clerk = clock.clerk(RateLimit::new(1, 10 * SECOND));
    clerk.user().get("user_1").await.expect("it is let through");
    let ban = clerk.user().ban("user_1").timeout(10 * SECOND + SECOND / 2);
    assert!(is_held_back(&ban.await.expect_err("half a second is left")));
    assert_eq!((clock.count(), start.elapsed()), (1, Duration::ZERO));
}
