//! Property tests: no schedule of calls exceeds the limits.

use std::future::Future;
use std::time::Duration;

use clerk_sdk::{Clerk, ClientConfig, RateLimit, organization, user};
use futures_util::future::join_all;
use proptest::prelude::*;
use tokio::time::{Instant, sleep};

use crate::recording_backend::{HOUR, RecordingBackend, SECOND};
use crate::strict_server::StrictServer;

/// Calls to one route that start at the same time.
#[derive(Clone, Debug)]
struct Batch {
    /// Seconds after the previous batch.
    pause: u64,
    count: usize,
    /// Selects the route, or the user.
    kind: usize,
    has_long_timeout: bool,
    /// Seconds after which the calls are dropped.
    dropped_after: Option<u64>,
}

fn batches() -> impl Strategy<Value = Vec<Batch>> {
    let batch = (
        0_u64..15,
        1_usize..8,
        0_usize..3,
        any::<bool>(),
        prop::option::of(1_u64..20),
    );
    let batch = batch.prop_map(
        |(pause, count, kind, has_long_timeout, dropped_after)| Batch {
            pause,
            count,
            kind,
            has_long_timeout,
            dropped_after,
        },
    );
    prop::collection::vec(batch, 1..12)
}

/// Runs each call in its own task, and waits until all of them have ended.
fn run<F>(batches: Vec<Batch>, mut call: impl FnMut(&Batch) -> F)
where
    F: Future<Output: Send> + Send + 'static,
{
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let mut tasks = Vec::new();
        for batch in batches {
            sleep(Duration::from_secs(batch.pause)).await;
            for _ in 0..batch.count {
                let dropped_after = batch.dropped_after.map_or(HOUR, Duration::from_secs);
                tasks.push(tokio::spawn(tokio::time::timeout(
                    dropped_after,
                    call(&batch),
                )));
            }
        }
        for task in tasks {
            let _ = task.await.expect("no panic");
        }
    });
}

fn timeout(batch: &Batch) -> Duration {
    if batch.has_long_timeout {
        HOUR
    } else {
        5 * SECOND
    }
}

/// Returns whether no period has more than this many calls.
fn stays_within(mut times: Vec<Instant>, calls: usize, period: Duration) -> bool {
    times.sort();
    times
        .windows(calls + 1)
        .all(|run| run[calls] - run[0] >= period)
}

/// Creates a client whose first `rejected` calls are rejected.
fn clerk(backend: &RecordingBackend, limit: RateLimit, rejected: usize) -> Clerk {
    (0..rejected).for_each(|_| backend.reject_next(Some("3")));
    backend.clerk(limit)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    /// Whenever calls to several routes start, are rejected or are dropped, no period has more calls than the limit.
    #[test]
    fn no_schedule_of_calls_exceeds_the_limit(
        calls in 1_u32..6,
        period in 1_u64..20,
        batches in batches(),
        rejected in 0_usize..3,
        delay in 0_u64..5,
    ) {
        let mut backend = RecordingBackend::default();
        backend.delay = Duration::from_secs(delay);
        let period = Duration::from_secs(period);
        let clerk = clerk(&backend, RateLimit::new(calls, period), rejected);
        run(batches, |batch| match batch.kind {
            0 => clerk.user().get("user_1").timeout(timeout(batch)).into_future(),
            1 => clerk.user().ban("user_1").timeout(timeout(batch)).into_future(),
            _ => clerk.user().lock("user_1").timeout(timeout(batch)).into_future(),
        });
        prop_assert!(stays_within(backend.times(""), calls as usize, period));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    /// Whenever calls start, fail or are dropped, a server that counts them when they arrive does not reject any.
    #[test]
    fn no_schedule_of_calls_exceeds_the_limit_of_a_strict_server(
        calls in 1_u32..6,
        period in 1_u64..20,
        batches in batches(),
        fails_every in 1_u64..9,
    ) {
        let period = Duration::from_secs(period);
        let server = StrictServer::new(calls as usize, period).failing_every(fails_every);
        let config = ClientConfig::new("sk_test_1").backend(server.clone());
        let clerk = Clerk::new(config.rate_limit(RateLimit::new(calls, period)));
        run(batches, |batch| {
            let call = clerk.user().get("user_1").timeout(timeout(batch));
            // Some attempts time out while the request is on its way.
            call.attempt_timeout(Duration::from_millis(150) * (1 + batch.kind as u32)).into_future()
        });
        let (arrived, rejected) = server.counts();
        prop_assert_eq!(rejected, 0, "of {} requests", arrived);
    }

    /// A route with its own limit stays within that limit and the limit of all routes, and never delays other routes.
    #[test]
    fn no_schedule_of_a_limited_route_delays_another(
        batches in batches(),
        rejected in 0_usize..6,
    ) {
        let mut backend = RecordingBackend::default();
        backend.reject_only = "PATCH";
        let clerk = clerk(&backend, RateLimit::clerk_limits(), rejected);
        run(batches, |batch| {
            let (clerk, backend, batch) = (clerk.clone(), backend.clone(), batch.clone());
            async move {
                let (called_at, before) = (Instant::now(), backend.times("GET").len());
                if batch.kind == 0 {
                    let params = organization::ListParams::new();
                    let list = clerk.organization().list(&params);
                    let _ = list.timeout(timeout(&batch)).await;
                    assert_eq!(backend.times("GET")[before], called_at);
                } else {
                    let (id, params) = (format!("user_{}", batch.kind), user::UpdateParams::new());
                    let updates = (0..12).map(|_| {
                        let update = clerk.user().update(&id, &params);
                        update.timeout(timeout(&batch))
                    });
                    join_all(updates).await;
                }
            }
        });
        for id in ["user_1", "user_2"] {
            let times = backend.times(&format!("PATCH /v1/users/{id}"));
            prop_assert!(stays_within(times, 10, 10 * SECOND));
        }
        prop_assert!(stays_within(backend.times(""), 100, 10 * SECOND));
    }
}
