//! When a call is made again, and how long it waits before that.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use http::Method;

use crate::{Error, TimeoutPhase};

/// When a call that failed is made again.
///
/// By default a call is made up to three times:
///
/// - after 429, for every method: the API did not carry it out, and says how long to wait;
/// - where no connection was made, for every method: nothing was sent;
/// - where the connection broke off, an attempt took too long, or the answer was 502, 503 or 504: for `GET`,
///   `PUT` and `DELETE`, which do the same when they are done twice.
///
/// Before each it waits as long as the API asks for (`Retry-After`), or else for a random time below a
/// limit that doubles. It gives up early, with the last error, where the wait would be longer than
/// [`max_wait`](Self::max_wait) or outlast the time limit of the call, and where too many calls of the client
/// were repeated lately: an outage is not multiplied.
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

    /// The limits of the random wait: before the second attempt, and before any; 250 ms and 8 s by default.
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
        if attempts >= self.max_attempts {
            return None;
        }
        // A wait that the API asked for cannot make an outage worse.
        let is_granted = error.is_rate_limited() || (is_repeatable(error, method) && budget.take());
        if !is_granted {
            return None;
        }
        let wait = match error.retry_after() {
            // Spread, so that all who were told the same do not come back at once.
            Some(told) => told.saturating_add(up_to(self.backoff)),
            None => up_to(self.limit(attempts)),
        };
        let told = error.retry_after().unwrap_or_default();
        (told <= self.max_wait && wait <= left).then_some(wait)
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
        Error::Api(error) => matches!(error.status().as_u16(), 502..=504) && method.is_idempotent(),
        Error::Decode(error) => error.is_truncated() && method.is_idempotent(),
        Error::MissingKey | Error::InvalidArgument(_) => false,
    }
}

fn up_to(limit: Duration) -> Duration {
    let nanos = u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX);
    Duration::from_nanos(fastrand::u64(0..=nanos))
}

/// How many repetitions a client may still make: each takes one, ten calls that succeed give one back.
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

    /// A call has succeeded.
    pub(crate) fn refill(&self) {
        let refilled = |left: u32| (left < FULL).then_some(left + 1);
        // Full is as good.
        let _ = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, refilled);
    }
}
