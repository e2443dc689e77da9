//! The retry policy: how often a failed call is retried, and how long it waits before each retry.

use std::time::Duration;

use http::Method;
use tokio::time::Instant;

use super::backoff;
use super::budget_state::BudgetState;
use super::classification::is_safe_to_retry;
use crate::error::Error;

/// Decides whether and when a failed call is retried.
///
/// By default a call makes up to three attempts. It is retried:
///
/// - after a 429, whatever the method: the API did not perform the operation, and says how long to wait;
/// - if no connection was made, whatever the method: nothing was sent;
/// - if the server says over HTTP/2 that it did not process the request, whatever the method;
/// - after a connection that broke off, an attempt that took too long, or a status of 408, 500, 502, 503, 504, 520 to
///   527 or 530, if the method is idempotent: `GET`, `PUT` and `DELETE`.
///
/// The result is that of the last attempt. A `DELETE` may therefore end in a 404 because an earlier attempt, whose
/// response was lost, deleted the resource; [`Error::may_have_happened`] is true then.
///
/// Before each retry the call waits as long as the API asks for (`Retry-After`), or else for a random time below a
/// limit that doubles with each attempt (exponential backoff with full jitter); after a 429 without `Retry-After`, for
/// at least one second. The call gives up early, with the last error, if the wait would be longer than
/// [`max_wait`](Self::max_wait) or leave too little time for a response (a tenth of the call's timeout, at most one
/// second), and if its [`RetryBudget`](crate::RetryBudget) is exhausted: retries do not multiply the traffic of an outage.
///
/// Waits and timeouts need tokio's timer. Outside a tokio runtime a call makes a single attempt without timeouts. In
/// a runtime that has no timer (built without `enable_time` or `enable_all`), tokio panics when a call is awaited.
///
/// ```
/// use std::time::Duration;
/// use clerk_sdk::{ClientConfig, RetryPolicy};
///
/// let patient = RetryPolicy::new().max_attempts(5).max_wait(Duration::from_secs(60));
/// let config = ClientConfig::new("sk_test_…").retry(patient);
/// let never = ClientConfig::new("sk_test_…").retry(RetryPolicy::none());
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[must_use = "a setter returns the changed value: assign it, or pass it on"]
pub struct RetryPolicy {
    max_attempts: u32,
    backoff: Duration,
    max_backoff: Duration,
    max_wait: Duration,
}

/// What to do after a failed attempt.
pub(crate) enum RetryDecision {
    /// The call ends with the error.
    Finish,
    /// The call ends with the error, although it could be retried.
    BudgetExhausted,
    /// The call is retried after this wait.
    Retry(Duration),
}

/// The shortest wait after a 429 without `Retry-After`.
const MIN_RATE_LIMIT_WAIT: Duration = Duration::from_secs(1);

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 3,
            backoff: Duration::from_millis(250),
            max_backoff: Duration::from_secs(8),
            max_wait: Duration::from_secs(20),
        }
    }
}

impl RetryPolicy {
    /// Creates the default policy.
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates a policy without retries.
    pub fn none() -> Self {
        Self::default().max_attempts(1)
    }

    /// Sets the largest number of attempts, the first one included; 3 by default.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// Sets the upper limit of the random wait before the second attempt (`first`) and before any attempt (`max`);
    /// 250 ms and 8 s by default. `max` also caps the one-second minimum after a 429 without `Retry-After`.
    pub fn backoff(mut self, first: Duration, max: Duration) -> Self {
        (self.backoff, self.max_backoff) = (first, max);
        self
    }

    /// Sets the longest wait that the API may ask for; 20 s by default. If it asks for more, the call fails.
    pub fn max_wait(mut self, limit: Duration) -> Self {
        self.max_wait = limit;
        self
    }

    /// Decides whether the call is retried.
    ///
    /// `remaining` is the longest wait that leaves time for another attempt.
    pub(crate) fn decide(
        &self,
        error: &Error,
        method: &Method,
        now: Instant,
        remaining: Duration,
        budget: &BudgetState,
    ) -> RetryDecision {
        let attempts = error.attempt_count();
        if attempts >= self.max_attempts || !is_safe_to_retry(error, method) {
            return RetryDecision::Finish;
        }
        let requested = error.retry_after().filter(|wait| !wait.is_zero());
        let backoff = backoff::jitter(backoff::limit(self.backoff, self.max_backoff, attempts));
        let wait = match requested {
            // With jitter, so that clients that were given the same wait do not retry at once.
            Some(requested) => requested.saturating_add(backoff::jitter(self.backoff)),
            None if error.is_rate_limited() => {
                let least = MIN_RATE_LIMIT_WAIT.min(self.max_backoff);
                least.saturating_add(backoff)
            }
            None => backoff,
        };
        if requested.unwrap_or_default() > self.max_wait || wait > remaining {
            return RetryDecision::Finish;
        }
        // The budget is checked last, so that a call that is not retried takes nothing from it.
        match is_free(error) || budget.withdraw(now) {
            true => RetryDecision::Retry(wait),
            false => RetryDecision::BudgetExhausted,
        }
    }
}

/// Whether a retry costs nothing: it cannot make an outage worse if the API asked for the wait, or if the connection had
/// been idle for too long, as long as that is retried once.
fn is_free(error: &Error) -> bool {
    match error {
        Error::Transport(error) => error.is_reused_connection() && error.attempt_count() == 1,
        _ => error.is_rate_limited() && error.retry_after().is_some_and(|wait| !wait.is_zero()),
    }
}
