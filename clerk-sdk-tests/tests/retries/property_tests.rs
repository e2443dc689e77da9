//! Property tests: the retry policy holds for any sequence of failures.

use std::time::Duration;

use clerk_sdk::{RetryPolicy, user};
use proptest::prelude::*;
use tokio::time::Instant;

use crate::mock_backend::{
    AttemptOutcome, BackendTimeout, ConnectionRefused, ConnectionReset, HttpMethod, MockBackend,
    NoResponse, call_with, status, status_with_retry_after,
};

pub(crate) const METHODS: &[HttpMethod] = &[
    HttpMethod::Get,
    HttpMethod::Put,
    HttpMethod::Delete,
    HttpMethod::Post,
    HttpMethod::Patch,
];

pub(crate) fn any_outcome() -> impl Strategy<Value = AttemptOutcome> {
    const STATUSES: &[u16] = &[200, 400, 404, 408, 429, 500, 502, 503, 504, 520, 530, 999];
    const RETRY_AFTER: &[&str] = &["0", "1", "7", "21", "soon", "-1", "99999999999999999999"];
    let with_retry_after = (
        prop::sample::select(STATUSES),
        prop::sample::select(RETRY_AFTER),
    );
    prop_oneof![
        prop::sample::select(STATUSES).prop_map(status),
        with_retry_after
            .prop_map(|(status, retry_after)| status_with_retry_after(status, retry_after)),
        Just(ConnectionRefused),
        Just(ConnectionReset),
        Just(NoResponse),
        Just(BackendTimeout),
    ]
}

/// Returns whether a failure shows that the operation was not carried out.
pub(crate) fn cannot_have_happened(outcome: &AttemptOutcome) -> bool {
    matches!(
        outcome,
        ConnectionRefused | AttemptOutcome::Response(429, _)
    )
}

pub(crate) fn is_success(outcome: &AttemptOutcome) -> bool {
    matches!(outcome, AttemptOutcome::Response(200, _))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn no_sequence_of_failures_violates_the_policy(
        method in prop::sample::select(METHODS),
        outcomes in prop::collection::vec(any_outcome(), 1..8),
        max_attempts in 0_u32..6,
        timeout in (1_u64..60).prop_map(Duration::from_secs),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
        let (attempts, elapsed) = runtime.block_on(async {
            let backend = MockBackend::new(outcomes.clone());
            let policy = RetryPolicy::new().max_attempts(max_attempts);
            let config = backend.config().retry(policy).timeout(timeout);
            let start = Instant::now();
            let _ = call_with(&user::Client::new(config), method, "user_1").await;
            (backend.attempt_count(), start.elapsed())
        });
        prop_assert!(attempts <= max_attempts.max(1) as usize);
        prop_assert!(elapsed <= timeout + Duration::from_millis(2));
        let retried = &outcomes[..outcomes.len().min(attempts - 1)];
        if matches!(method, HttpMethod::Post | HttpMethod::Patch) {
            // The methods are not idempotent: no attempt before the last may have been carried out.
            prop_assert!(retried.iter().all(cannot_have_happened), "{attempts} {outcomes:?}");
        }
        // A success is not retried.
        prop_assert!(!retried.iter().any(is_success));
    }
}
