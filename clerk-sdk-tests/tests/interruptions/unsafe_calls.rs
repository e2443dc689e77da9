//! Calls that are not idempotent: an interruption sends none of them a second time, unless the server has said that it
//! did not process the first.

use clerk_sdk::RetryBudget;
use futures_util::future::join_all;

use crate::calls::{Outcome, make_calls};
use crate::interruption::{INTERNAL_ERROR, Interruption, NO_ERROR, Processed, go_away};
use crate::server::{Plan, Protocol};

const UNDER_WAY: usize = 20;

/// Makes `POST`s that are interrupted, on connections that were used before.
async fn interrupt_posts(protocol: Protocol, interruption: Interruption) -> Outcome {
    let warm_up = match protocol {
        Protocol::Http1 => UNDER_WAY,
        Protocol::Http2 => 1,
    };
    let plan = Plan {
        protocol,
        warm_up,
        under_way: UNDER_WAY,
        interruption,
    };
    make_calls(plan, RetryBudget::new(), |client| client.ban("user_1")).await
}

/// Makes `POST`s over both protocols, and over HTTP/2 also with its own interruptions. Each must have the outcome.
async fn check(expected: Outcome, both: &[Interruption], http2: &[Interruption]) {
    let http1 = both.iter().map(|it| (Protocol::Http1, *it));
    let http2 = both.iter().chain(http2).map(|it| (Protocol::Http2, *it));
    let rows = http1
        .chain(http2)
        .map(|(protocol, interruption)| async move {
            let outcome = interrupt_posts(protocol, interruption).await;
            assert_eq!(outcome, expected, "{protocol:?} {interruption:?}");
        });
    join_all(rows).await;
}

#[tokio::test]
async fn an_unsafe_call_that_may_have_been_processed_is_not_retried() {
    let expected = Outcome {
        succeeded: 0,
        requests: UNDER_WAY,
    };
    let both = [
        Interruption::Status(503, None),
        Interruption::Status(503, Some("1")),
        Interruption::Reset,
        Interruption::Closed,
    ];
    let http2 = [NO_ERROR, INTERNAL_ERROR].map(|code| go_away(code, Processed::All, true));
    check(expected, &both, &http2).await;
}

#[tokio::test]
async fn an_unsafe_call_that_was_not_processed_is_retried() {
    let expected = Outcome {
        succeeded: UNDER_WAY,
        requests: 2 * UNDER_WAY,
    };
    let both = [None, Some("1")].map(|wait| Interruption::Status(429, wait));
    let http2 = [
        Interruption::RefusedStream,
        go_away(NO_ERROR, Processed::None, false),
        go_away(INTERNAL_ERROR, Processed::None, false),
    ];
    check(expected, &both, &http2).await;
}

#[tokio::test]
async fn an_unsafe_call_up_to_the_last_stream_of_a_goaway_is_not_retried() {
    for error_code in [NO_ERROR, INTERNAL_ERROR] {
        for is_reset in [false, true] {
            let interruption = go_away(error_code, Processed::FirstHalf, is_reset);
            let outcome = interrupt_posts(Protocol::Http2, interruption).await;
            let retries = outcome.requests - UNDER_WAY;
            assert!(retries <= UNDER_WAY / 2, "{interruption:?}: {outcome:?}");
            let answered = if is_reset { 0 } else { UNDER_WAY / 2 };
            assert_eq!(outcome.succeeded, answered + retries, "{interruption:?}");
        }
    }
}
