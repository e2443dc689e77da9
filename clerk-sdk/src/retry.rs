//! When a call is made again, and how long it waits before that.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use http::{Method, StatusCode};

use crate::{Error, Result, TimeoutPhase};

/// When a call that failed is made again.
///
/// By default a call is made up to three times:
///
/// - after 429, for every method: the API did not carry it out, and says how long to wait;
/// - where no connection was made, for every method: nothing was sent;
/// - where the connection broke off, an attempt took too long, or the answer was 502, 503 or 504: for `GET`,
///   `PUT` and `DELETE`, which do the same when they are done twice.
///
/// The answer is that to the last attempt. So a `DELETE` may end in 404 because an attempt before it, whose answer
/// was lost, did delete; [`Error::may_have_happened`] is true then.
///
/// Before each it waits as long as the API asks for (`Retry-After`), or else for a random time below a
/// limit that doubles; after a 429 that does not say how long, at least a second. It gives up early, with the last
/// error, where the wait would be longer than [`max_wait`](Self::max_wait) or leave hardly any time for an answer
/// (a tenth of the call's limit, a second at most), and where too many calls of the client were repeated lately:
/// an outage is not multiplied.
///
/// Waits and limits need tokio's clock. Outside a tokio runtime a call is made once, without limits of time. On a
/// runtime that has no clock (made without `enable_time` or `enable_all`), tokio panics when a call is awaited.
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
pub struct RetryPolicy {
    max_attempts: u32,
    backoff: Duration,
    max_backoff: Duration,
    max_wait: Duration,
}

/// The least wait after a 429 that does not say how long.
const UNTOLD_WAIT: Duration = Duration::from_secs(1);

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
    /// The default policy.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes each call once.
    pub fn none() -> Self {
        Self::default().max_attempts(1)
    }

    /// How often a call is made at most, the first time included; 3 by default.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// The limits of the random wait: before the second attempt, and before any; 250 ms and 8 s by default. The
    /// second of a 429 that does not say how long is never longer than the latter.
    pub fn backoff(mut self, first: Duration, longest: Duration) -> Self {
        (self.backoff, self.max_backoff) = (first, longest);
        self
    }

    /// The longest wait that the API may ask for; 20 s by default. Where it asks for more, the call gives up.
    pub fn max_wait(mut self, limit: Duration) -> Self {
        self.max_wait = limit;
        self
    }

    /// How long to wait before the next attempt, or `None` where there is to be none.
    pub(crate) fn wait(
        &self,
        error: &Error,
        method: &Method,
        left: Duration,
        budget: &Budget,
    ) -> Option<Duration> {
        let attempts = error.attempts();
        if attempts >= self.max_attempts || !is_repeatable(error, method) {
            return None;
        }
        let told = error.retry_after().filter(|told| !told.is_zero());
        let wait = match told {
            // Spread, so that all who were told the same do not come back at once.
            Some(told) => told.saturating_add(up_to(self.backoff)),
            None if error.is_rate_limited() => {
                let least = UNTOLD_WAIT.min(self.max_backoff);
                least.saturating_add(up_to(self.limit(attempts)))
            }
            None => up_to(self.limit(attempts)),
        };
        if told.unwrap_or_default() > self.max_wait || wait > left {
            return None;
        }
        // A wait that the API asked for cannot make an outage worse. The budget comes last: what is not repeated
        // after all must not cost anything.
        let is_free = told.is_some() && error.is_rate_limited();
        (is_free || budget.take()).then_some(wait)
    }

    fn limit(&self, attempts: u32) -> Duration {
        let doubled = 2_u32.saturating_pow(attempts - 1);
        self.backoff.saturating_mul(doubled).min(self.max_backoff)
    }
}

/// Whether the same call can be made again without doing anything twice.
fn is_repeatable(error: &Error, method: &Method) -> bool {
    match error {
        Error::Transport(error) => error.is_connect() || method.is_idempotent(),
        Error::Timeout(error) => match error.phase() {
            TimeoutPhase::Connect => true,
            TimeoutPhase::Attempt => method.is_idempotent(),
            TimeoutPhase::Call | TimeoutPhase::RateLimit => false,
        },
        Error::Api(error) => match error.status().as_u16() {
            429 => true,
            502..=504 => method.is_idempotent(),
            _ => false,
        },
        Error::Decode(error) => error.is_truncated() && method.is_idempotent(),
        Error::MissingKey | Error::InvalidArgument(_) => false,
    }
}

fn up_to(limit: Duration) -> Duration {
    let nanos = u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX);
    Duration::from_nanos(fastrand::u64(0..=nanos))
}

/// How many repetitions a client may still make: each takes one, ten answers of an API that is well give one back.
#[derive(Debug)]
pub(crate) struct Budget(AtomicU32);

const ONE: u32 = 10;
const FULL: u32 = 20 * ONE;

impl Default for Budget {
    fn default() -> Self {
        Self(AtomicU32::new(FULL))
    }
}

impl Budget {
    fn take(&self) -> bool {
        let taken = |left: u32| left.checked_sub(ONE);
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, taken)
            .is_ok()
    }

    /// Notes what an attempt ended in: any answer of an API that is well gives some back, a 404 too.
    pub(crate) fn note<T>(&self, outcome: &Result<T>) {
        let is_well = match outcome {
            Ok(_) => true,
            Err(Error::Api(error)) => {
                !error.status().is_server_error() && error.status() != StatusCode::TOO_MANY_REQUESTS
            }
            Err(_) => false,
        };
        if is_well {
            self.refill();
        }
    }

    fn refill(&self) {
        let refilled = |left: u32| (left < FULL).then_some(left + 1);
        // Full is as good.
        let _ = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, refilled);
    }
}
