//! Idempotent calls: an interruption that fails every call under way once loses none of them.

use clerk_sdk::RetryBudget;
use futures_util::future::join_all;
use tokio::sync::Semaphore;

use crate::calls::{Outcome, make_calls};
use crate::interruption::{INTERNAL_ERROR, Interruption, NO_ERROR, Processed, go_away};
use crate::server::{Plan, Protocol};

/// The numbers of calls under way; the largest first, because they take longest.
const UNDER_WAY: [usize; 4] = [200, 50, 20, 10];

/// The connections that are open at once, because each takes two sockets of this process.
const MAX_CONNECTIONS: usize = 400;

/// The interruptions that do not depend on the protocol.
const INTERRUPTIONS: [Interruption; 6] = [
    Interruption::Status(503, None),
    Interruption::Status(503, Some("1")),
    Interruption::Status(429, None),
    Interruption::Status(429, Some("1")),
    Interruption::Reset,
    Interruption::Closed,
];

const CONNECTION_LOSSES: [Interruption; 2] = [Interruption::Reset, Interruption::Closed];

const HTTP2_INTERRUPTIONS: [Interruption; 8] = [
    Interruption::RefusedStream,
    go_away(NO_ERROR, Processed::None, false),
    go_away(NO_ERROR, Processed::None, true),
    go_away(NO_ERROR, Processed::FirstHalf, false),
    go_away(NO_ERROR, Processed::All, true),
    go_away(INTERNAL_ERROR, Processed::None, false),
    go_away(INTERNAL_ERROR, Processed::None, true),
    go_away(INTERNAL_ERROR, Processed::FirstHalf, true),
];

/// Makes `GET`s according to each plan, as many plans at once as their connections allow.
async fn interrupt_gets(plans: impl Iterator<Item = Plan>) {
    let connections = &Semaphore::new(MAX_CONNECTIONS);
    let rows = plans.map(|plan| async move {
        let needed = match plan.protocol {
            Protocol::Http1 => plan.under_way,
            Protocol::Http2 => 1,
        };
        let needed = u32::try_from(needed).expect("few connections");
        let _permit = connections.acquire_many(needed).await;
        let outcome = make_calls(plan, RetryBudget::new(), |client| client.get("user_1")).await;
        (plan, outcome)
    });
    let mut problems = Vec::new();
    for (plan, outcome) in join_all(rows).await {
        let answered = match plan.interruption {
            Interruption::GoAway {
                processed,
                is_reset: false,
                ..
            } => processed.count(plan.under_way),
            _ => 0,
        };
        let expected = Outcome {
            succeeded: plan.under_way,
            // Each call fails once, and is sent once more.
            requests: 2 * plan.under_way - answered,
        };
        if outcome != expected {
            problems.push(format!("{plan:?}: {outcome:?} instead of {expected:?}"));
        }
    }
    assert!(problems.is_empty(), "{problems:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interruption_of_http1_loses_no_idempotent_call() {
    let on_new_connections = INTERRUPTIONS.map(|interruption| (interruption, false));
    // Errors of connections that were used before are not always those of new ones.
    let on_used_connections = CONNECTION_LOSSES.map(|interruption| (interruption, true));
    let rows = on_new_connections.into_iter().chain(on_used_connections);
    let plans = rows.flat_map(|(interruption, is_used)| {
        UNDER_WAY.into_iter().map(move |under_way| Plan {
            protocol: Protocol::Http1,
            warm_up: if is_used { under_way } else { 0 },
            under_way,
            interruption,
        })
    });
    interrupt_gets(plans).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interruption_of_http2_loses_no_idempotent_call() {
    let interruptions = INTERRUPTIONS.into_iter().chain(HTTP2_INTERRUPTIONS);
    let plans = interruptions.flat_map(|interruption| {
        UNDER_WAY.into_iter().map(move |under_way| Plan {
            protocol: Protocol::Http2,
            warm_up: 1,
            under_way,
            interruption,
        })
    });
    interrupt_gets(plans).await;
}
