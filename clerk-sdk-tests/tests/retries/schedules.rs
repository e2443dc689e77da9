//! Failures as they may come: whatever the schedule, the policy holds.

use std::time::Duration;

use clerk_sdk::{RetryPolicy, user};
use proptest::prelude::*;
use tokio::time::Instant;

use crate::fates::{
    BrokenOff, Fate, Fates, NoConnection, Silence, TooSlow, Verb, call_with, status,
};

fn any_fate() -> impl Strategy<Value = Fate> {
    const CODES: &[u16] = &[200, 400, 404, 408, 429, 500, 502, 503, 504];
    const WAITS: &[&str] = &["0", "1", "7", "21", "soon", "-1", "99999999999999999999"];
    let told = (prop::sample::select(CODES), prop::sample::select(WAITS));
    prop_oneof![
        prop::sample::select(CODES).prop_map(status),
        told.prop_map(|(code, wait)| crate::fates::told(code, wait)),
        Just(NoConnection),
        Just(BrokenOff),
        Just(Silence),
        Just(TooSlow),
    ]
}

/// Whether a failure says that nothing was done.
fn is_harmless(fate: &Fate) -> bool {
    matches!(fate, NoConnection | Fate::Status(429, _))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn no_schedule_of_failures_gets_past_the_policy(
        verb in prop::sample::select(&[Verb::Get, Verb::Put, Verb::Delete, Verb::Post, Verb::Patch][..]),
        fates in prop::collection::vec(any_fate(), 1..8),
        most in 0_u32..6,
        limit in 1_u64..60,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
        let (count, took) = runtime.block_on(async {
            let all = Fates::new(fates.clone());
            let policy = RetryPolicy::new().max_attempts(most);
            let config = all.config().retry(policy).timeout(Duration::from_secs(limit));
            let start = Instant::now();
            let _ = call_with(&user::Client::new(config), verb).await;
            (all.count(), start.elapsed())
        });
        prop_assert!(count <= most.max(1) as usize);
        prop_assert!(took <= Duration::from_secs(limit) + Duration::from_millis(2));
        if matches!(verb, Verb::Post | Verb::Patch) {
            // What came before the last attempt did nothing.
            prop_assert!(fates.iter().take(count - 1).all(is_harmless), "{count} {fates:?}");
        }
        // A success is the last attempt.
        let is_success = |fate: &Fate| matches!(fate, Fate::Status(200, _));
        prop_assert!(!fates.iter().take(count - 1).any(is_success));
    }
}
