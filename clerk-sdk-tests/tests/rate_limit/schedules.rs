//! Calls as they may come: whatever the schedule, the limits hold.

use std::future::Future;
use std::time::Duration;

use clerk_sdk::{Clerk, RateLimit, organization, user};
use futures_util::future::join_all;
use proptest::prelude::*;
use tokio::time::{Instant, sleep};

use crate::clock::{Clock, HOUR, SECOND};

/// Some calls of one kind, and what becomes of them.
#[derive(Clone, Debug)]
struct Batch {
    /// Seconds after the batch before it.
    pause: u64,
    count: usize,
    kind: usize,
    is_patient: bool,
    /// Seconds after which they are given up, with what they wait for.
    given_up: Option<u64>,
}

fn batches() -> impl Strategy<Value = Vec<Batch>> {
    let batch = (
        0_u64..15,
        1_usize..8,
        0_usize..3,
        any::<bool>(),
        prop::option::of(1_u64..20),
    );
    let batch = batch.prop_map(|(pause, count, kind, is_patient, given_up)| Batch {
        pause,
        count,
        kind,
        is_patient,
        given_up,
    });
    prop::collection::vec(batch, 1..12)
}

/// Makes the calls, each as a task of its own, and waits for all of their ends.
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
                let limit = batch.given_up.map_or(HOUR, Duration::from_secs);
                tasks.push(tokio::spawn(tokio::time::timeout(limit, call(&batch))));
            }
        }
        for task in tasks {
            let _ = task.await.expect("no panic");
        }
    });
}

fn limit(batch: &Batch) -> Duration {
    if batch.is_patient { HOUR } else { 5 * SECOND }
}

/// Whether no period has more than so many.
fn keeps_to(mut times: Vec<Instant>, calls: usize, period: Duration) -> bool {
    times.sort();
    times
        .windows(calls + 1)
        .all(|run| run[calls] - run[0] >= period)
}

fn clerk(clock: &Clock, limit: RateLimit, refused: usize) -> Clerk {
    (0..refused).for_each(|_| clock.refuse(Some("3")));
    clock.clerk(limit)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    /// However calls of several routes come, are refused and are given up, no period has more than the limit.
    #[test]
    fn no_schedule_of_calls_gets_past_the_limit(
        calls in 1_u32..6,
        period in 1_u64..20,
        batches in batches(),
        refused in 0_usize..3,
    ) {
        let clock = Clock::default();
        let period = Duration::from_secs(period);
        let clerk = clerk(&clock, RateLimit::new(calls, period), refused);
        run(batches, |batch| match batch.kind {
            0 => clerk.user().get("user_1").timeout(limit(batch)).into_future(),
            1 => clerk.user().ban("user_1").timeout(limit(batch)).into_future(),
            _ => clerk.user().lock("user_1").timeout(limit(batch)).into_future(),
        });
        prop_assert!(keeps_to(clock.times(""), calls as usize, period));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    /// A route with limits of its own keeps to them and to those of all, and never makes others wait.
    #[test]
    fn no_schedule_of_a_limited_route_delays_another(
        batches in batches(),
        refused in 0_usize..6,
    ) {
        let mut clock = Clock::default();
        clock.refused = "PATCH";
        let clerk = clerk(&clock, RateLimit::published(), refused);
        run(batches, |batch| {
            let (clerk, clock, batch) = (clerk.clone(), clock.clone(), batch.clone());
            async move {
                let (asked, before) = (Instant::now(), clock.times("GET").len());
                if batch.kind == 0 {
                    let params = organization::ListParams::new();
                    let list = clerk.organization().list(&params);
                    let _ = list.timeout(limit(&batch)).await;
                    assert_eq!(clock.times("GET")[before], asked);
                } else {
                    let (id, params) = (format!("user_{}", batch.kind), user::UpdateParams::new());
                    let updates = (0..12).map(|_| {
                        let update = clerk.user().update(&id, &params);
                        update.timeout(limit(&batch))
                    });
                    join_all(updates).await;
                }
            }
        });
        for id in ["user_1", "user_2"] {
            let times = clock.times(&format!("PATCH /v1/users/{id}"));
            prop_assert!(keeps_to(times, 10, 10 * SECOND));
        }
        prop_assert!(keeps_to(clock.times(""), 100, 10 * SECOND));
    }
}
