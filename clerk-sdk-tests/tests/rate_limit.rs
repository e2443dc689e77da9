//! The client's own limit on calls. Time is tokio's own, which jumps to the next thing that waits for it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use clerk_sdk::{
    Backend, BackendFuture, Clerk, ClientConfig, Error, RateLimit, RetryPolicy, TimeoutPhase,
    invitation, user,
};
use futures_util::future::join_all;
use proptest::prelude::*;
use tokio::time::{Instant, sleep};

/// Notes when each request came, and refuses the first few.
#[derive(Clone, Default)]
struct Clock {
    sent: Arc<Mutex<Vec<Instant>>>,
    refusals: Arc<Mutex<Vec<Option<&'static str>>>>,
}

impl Clock {
    fn config(&self, limit: RateLimit) -> ClientConfig {
        let config = ClientConfig::new("sk_test_clock").backend(self.clone());
        config.rate_limit(limit).timeout(HOUR)
    }

    fn clerk(&self, limit: RateLimit) -> Clerk {
        Clerk::new(self.config(limit))
    }

    /// The seconds after `start` at which requests came.
    fn seconds(&self, start: Instant) -> Vec<u64> {
        let sent = self.sent.lock().expect("no test panicked here");
        sent.iter().map(|it| (*it - start).as_secs()).collect()
    }

    fn count(&self) -> usize {
        self.sent.lock().expect("no test panicked here").len()
    }
}

impl Backend for Clock {
    fn send(&self, _: http::Request<Bytes>) -> BackendFuture<'_> {
        self.sent
            .lock()
            .expect("no test panicked here")
            .push(Instant::now());
        let mut refusals = self.refusals.lock().expect("no test panicked here");
        let mut response = http::Response::new(Bytes::from_static(b"{}"));
        if let Some(told) = refusals.pop() {
            *response.status_mut() = http::StatusCode::TOO_MANY_REQUESTS;
            if let Some(told) = told {
                let told = http::HeaderValue::from_static(told);
                response.headers_mut().insert("retry-after", told);
            }
        }
        Box::pin(async { Ok(response) })
    }
}

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

fn is_held_back(error: &Error) -> bool {
    matches!(error, Error::Timeout(error) if error.phase() == TimeoutPhase::RateLimit)
}

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
async fn a_refusal_holds_back_the_route_that_was_refused() {
    for (told, held) in [
        (Some("7"), 7),
        (None, 1),
        (Some("soon"), 1),
        (Some("999999999999"), 3600),
    ] {
        let (clock, start) = (Clock::default(), Instant::now());
        let config = clock.config(RateLimit::published()).timeout(2 * HOUR);
        let clerk = Clerk::new(config.retry(RetryPolicy::none()));
        clock
            .refusals
            .lock()
            .expect("no test panicked here")
            .push(told);
        clerk.user().get("user_1").await.expect_err("it is refused");
        clerk
            .user()
            .count(&user::CountParams::new())
            .await
            .expect("another route");
        clerk.user().get("user_2").await.expect("it waited");
        assert_eq!(clock.seconds(start), [0, 0, held], "{told:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn every_attempt_takes_a_turn() {
    let (clock, start) = (Clock::default(), Instant::now());
    let clerk = clock.clerk(RateLimit::new(1, 10 * SECOND));
    clock
        .refusals
        .lock()
        .expect("no test panicked here")
        .push(Some("2"));
    clerk
        .user()
        .get("user_1")
        .await
        .expect("the second attempt");
    assert_eq!(clock.seconds(start), [0, 10]);
}

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

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    /// However calls come, no window of the period has more than the limit.
    #[test]
    fn no_schedule_of_calls_gets_past_the_limit(
        calls in 1_u32..6,
        period in 1_u64..20,
        pauses in prop::collection::vec((0_u64..15, 1_usize..8, any::<bool>()), 1..12),
        refused in 0_usize..3,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime");
        let clock = Clock::default();
        clock.refusals.lock().expect("no test panicked here").extend(vec![Some("3"); refused]);
        runtime.block_on(async {
            let clerk = clock.clerk(RateLimit::new(calls, Duration::from_secs(period)));
            let mut tasks = Vec::new();
            for (pause, count, patient) in pauses {
                sleep(Duration::from_secs(pause)).await;
                for _ in 0..count {
                    let limit = if patient { HOUR } else { 5 * SECOND };
                    tasks.push(tokio::spawn(clerk.user().get("user_1").timeout(limit)));
                }
            }
            for task in tasks {
                let _ = task.await.expect("no panic");
            }
        });
        let mut sent = clock.sent.lock().expect("no test panicked here").clone();
        sent.sort();
        for window in sent.windows(calls as usize + 1) {
            prop_assert!(window[calls as usize] - window[0] >= Duration::from_secs(period));
        }
    }
}
