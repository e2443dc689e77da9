//! Property tests of the retry budget: no schedule of calls and failures gets more retries than it documents.

use std::time::Duration;

use clerk_sdk::{RetryBudget, RetryPolicy, user};
use futures_util::future::join_all;
use proptest::prelude::*;
use tokio::time::{Instant, sleep};

use crate::mock_backend::{AttemptOutcome, HttpMethod, MockBackend, NoResponse, call_with, status};
use crate::property_tests::{METHODS, any_outcome, cannot_have_happened, is_success};

const SECOND: Duration = Duration::from_secs(1);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(2);
/// More than all attempts of a call and the waits between them take.
const LONG: Duration = Duration::from_secs(300);

/// Tokio's timers are late by up to a millisecond.
const TIMER_PRECISION: Duration = Duration::from_millis(2);
/// After this long without failures the reserve is full.
const REFILL_TIME: Duration = SECOND.saturating_mul(60).saturating_sub(TIMER_PRECISION);

/// Calls that are made one after another, or at once.
#[derive(Clone, Debug)]
struct Burst {
    pause_before: Duration,
    calls: usize,
    interval: Duration,
}

#[derive(Clone, Debug)]
struct Schedule {
    bursts: Vec<Burst>,
    /// The methods of the calls, in turn.
    methods: Vec<HttpMethod>,
    /// The outcomes of all attempts, in the order in which these are sent. The last one repeats.
    outcomes: Vec<AttemptOutcome>,
    max_attempts: usize,
    reserve: usize,
    percent: usize,
}

fn any_schedule() -> impl Strategy<Value = Schedule> {
    let burst = (
        prop_oneof![Just(0), 0_u64..70_000],
        1_usize..40,
        prop::sample::select(&[0_u64, 10, 500][..]),
    );
    let burst = burst.prop_map(|(pause, calls, interval)| Burst {
        pause_before: Duration::from_millis(pause),
        calls,
        interval: Duration::from_millis(interval),
    });
    let repeated = (any_outcome(), 1_usize..60).prop_map(|(outcome, count)| vec![outcome; count]);
    (
        prop::collection::vec(burst, 1..8),
        prop::collection::vec(prop::sample::select(METHODS), 1..6),
        prop::collection::vec(repeated, 1..8),
        1_usize..6,
        prop_oneof![Just(0), 0_usize..30],
        prop::sample::select(&[0_usize, 1, 10, 50, 100][..]),
    )
        .prop_map(
            |(bursts, methods, outcomes, max_attempts, reserve, percent)| Schedule {
                bursts,
                methods,
                outcomes: outcomes.concat(),
                max_attempts,
                reserve,
                percent,
            },
        )
}

/// One attempt of a call.
#[derive(Clone, Debug)]
struct Attempt {
    call: usize,
    /// When it ended, since the first call.
    ended: Duration,
    outcome: AttemptOutcome,
    is_first: bool,
    is_retried: bool,
}

impl Attempt {
    /// Whether the budget pays for a retry after it: the API did not ask to wait for the end of a rate limit.
    fn is_paid_retry(&self) -> bool {
        let is_free = match &self.outcome {
            AttemptOutcome::Response(429, headers) => headers
                .iter()
                .any(|(_, value)| matches!(value.as_str(), "1" | "7")),
            _ => false,
        };
        self.is_retried && !is_free
    }
}

/// Makes the calls of a schedule. Returns their attempts, in the order in which they ended.
async fn run(schedule: &Schedule) -> Vec<Attempt> {
    let backend = MockBackend::new(schedule.outcomes.clone());
    let retry = RetryPolicy::new().max_attempts(to_u32(schedule.max_attempts));
    let budget = RetryBudget::new()
        .reserve(to_u32(schedule.reserve))
        .percent(to_u32(schedule.percent));
    let config = backend.config().retry(retry).retry_budget(budget);
    let client = user::Client::new(config.timeout(LONG).attempt_timeout(ATTEMPT_TIMEOUT));
    let start = Instant::now();
    let mut calls = Vec::new();
    for burst in &schedule.bursts {
        sleep(burst.pause_before).await;
        for _ in 0..burst.calls {
            let method = schedule.methods[calls.len() % schedule.methods.len()];
            let (client, id) = (client.clone(), format!("user_{}", calls.len()));
            calls.push(tokio::spawn(async move {
                let _ = call_with(&client, method, &id).await;
            }));
            sleep(burst.interval).await;
        }
    }
    join_all(calls).await;
    attempts(&backend, &schedule.outcomes, start)
}

fn to_u32(number: usize) -> u32 {
    u32::try_from(number).expect("a small number")
}

fn attempts(backend: &MockBackend, outcomes: &[AttemptOutcome], start: Instant) -> Vec<Attempt> {
    let mut attempts: Vec<Attempt> = Vec::new();
    for (number, (sent, request)) in backend.requests().into_iter().enumerate() {
        let call = call_number(request.uri().path());
        let outcome = outcomes.get(number).or(outcomes.last());
        let outcome = outcome.expect("at least one outcome").clone();
        let duration = match outcome {
            NoResponse => ATTEMPT_TIMEOUT,
            _ => Duration::ZERO,
        };
        let earlier = attempts.iter_mut().rfind(|attempt| attempt.call == call);
        let is_first = earlier.is_none();
        if let Some(earlier) = earlier {
            earlier.is_retried = true;
        }
        attempts.push(Attempt {
            call,
            ended: sent - start + duration,
            outcome,
            is_first,
            is_retried: false,
        });
    }
    attempts.sort_by_key(|attempt| attempt.ended);
    attempts
}

/// Returns the number of the call that sent a request to this path.
fn call_number(path: &str) -> usize {
    let ids = path.split('/');
    let number = ids.filter_map(|id| id.strip_prefix("user_")).next();
    let number = number.and_then(|number| number.parse().ok());
    number.expect("an ID that contains the number of its call")
}

/// Checks that all retries up to any time are paid for: by a share of the calls, and by the reserve, which is filled at
/// most once a minute.
fn check_total(schedule: &Schedule, attempts: &[Attempt]) -> Result<(), TestCaseError> {
    let start = attempts.first().map_or(Duration::ZERO, |first| first.ended);
    let paid_retries = attempts.iter().filter(|attempt| attempt.is_paid_retry());
    for (index, retry) in paid_retries.enumerate() {
        let calls = attempts
            .iter()
            .filter(|it| it.is_first && it.ended <= retry.ended);
        let share = calls.count() * schedule.percent / 100;
        let minutes = (retry.ended - start).as_secs() / REFILL_TIME.as_secs();
        let fillings = 1 + usize::try_from(minutes).expect("a small number");
        let most = share + fillings * schedule.reserve;
        prop_assert!(index < most, "{} retries instead of {most}", index + 1);
    }
    Ok(())
}

/// Checks the attempts of each call.
fn check_calls(schedule: &Schedule, attempts: &[Attempt]) -> Result<(), TestCaseError> {
    let calls: usize = schedule.bursts.iter().map(|burst| burst.calls).sum();
    for call in 0..calls {
        let of_call: Vec<_> = attempts.iter().filter(|it| it.call == call).collect();
        prop_assert!((1..=schedule.max_attempts).contains(&of_call.len()));
        let method = schedule.methods[call % schedule.methods.len()];
        let is_unsafe = matches!(method, HttpMethod::Post | HttpMethod::Patch);
        for retried in of_call.iter().filter(|it| it.is_retried) {
            prop_assert!(!is_success(&retried.outcome), "{of_call:?}");
            prop_assert!(
                !is_unsafe || cannot_have_happened(&retried.outcome),
                "{method:?} {of_call:?}"
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn no_schedule_of_failures_gets_more_retries_than_the_budget_allows(schedule in any_schedule()) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
        let attempts = runtime.block_on(run(&schedule));
        check_calls(&schedule, &attempts)?;
        check_total(&schedule, &attempts)?;
    }
}

#[tokio::test(start_paused = true)]
async fn an_outage_of_all_calls_gets_exactly_the_retries_of_the_budget() {
    for (reserve, percent, retries) in [
        (0, 0, 0),
        (0, 10, 10),
        (3, 0, 3),
        (5, 20, 25),
        (20, 10, 30),
        (500, 10, 200),
    ] {
        let schedule = Schedule {
            bursts: vec![Burst {
                pause_before: Duration::ZERO,
                calls: 100,
                interval: Duration::ZERO,
            }],
            methods: vec![HttpMethod::Get],
            outcomes: vec![status(503)],
            max_attempts: 3,
            reserve,
            percent,
        };
        let attempts = run(&schedule).await;
        assert_eq!(attempts.len() - 100, retries, "{schedule:?}");
    }
}
