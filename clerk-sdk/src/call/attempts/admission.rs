//! What a call waits for before an attempt: a permit of the rate limit, and its place among the requests in flight.

use std::time::Duration;

use tokio::time::Instant;

use super::Attempts;
use crate::config::Slot;
use crate::error::{Result, TimeoutPhase};
#[cfg(feature = "metrics")]
use crate::metrics;
use crate::rate_limit::{RateLimitPermit, RateLimitedCall, RateLimiter};

/// A wait must leave this much of the call's timeout, or a tenth of it if that is less: an attempt with less time
/// would rarely get a response.
const MIN_REMAINING: Duration = Duration::from_secs(1);

/// How long a call that does not wait for a permit waits for the decision whether there is one.
const MAX_DECISION_TIME: Duration = Duration::from_millis(100);

impl Attempts {
    /// Waits until the client's rate limit admits the call. The permit is held until the end of the attempt.
    pub(super) async fn await_permit(
        &self,
        limiter: &dyn RateLimiter,
        max_wait: Duration,
    ) -> Result<RateLimitPermit> {
        #[cfg(feature = "metrics")]
        let started = std::time::Instant::now();
        let permit = limiter.acquire(self.rate_limited_call(), max_wait);
        let permit = match tokio::runtime::Handle::try_current() {
            // A limiter may disregard the limit. One that asks a server cannot decide at once.
            Ok(_) => {
                let longest = match self.is_low_priority {
                    true => self.timeout.min(MAX_DECISION_TIME),
                    false => max_wait,
                };
                tokio::time::timeout(longest, permit).await.ok()
            }
            Err(_) => Some(permit.await),
        };
        #[cfg(feature = "metrics")]
        metrics::permit(
            &self.operation,
            started.elapsed(),
            matches!(permit, Some(Ok(_))),
        );
        match permit {
            Some(Ok(permit)) => Ok(permit),
            _ => Err(self.not_sent_in_time(TimeoutPhase::RateLimit)),
        }
    }

    /// Waits until another request may be in flight.
    pub(super) async fn await_slot(&self, deadline: Option<Instant>) -> Result<Slot<'_>> {
        let slot = match self.is_low_priority {
            true => None,
            false => {
                let max_wait = self.longest_wait(Instant::now(), deadline);
                self.core.transport.in_flight.acquire(max_wait).await
            }
        };
        slot.ok_or_else(|| self.not_sent_in_time(TimeoutPhase::InFlight))
    }

    pub(super) fn rate_limited_call(&self) -> RateLimitedCall<'_> {
        RateLimitedCall {
            method: &self.operation.method,
            template: &self.operation.template,
            path: self.request.url.path(),
            authorization: self.request.authorization.as_ref(),
            is_low_priority: self.is_low_priority,
        }
    }

    /// The longest wait that leaves time for another attempt. A call of low priority does not wait.
    pub(super) fn longest_wait(&self, now: Instant, deadline: Option<Instant>) -> Duration {
        match self.is_low_priority {
            true => Duration::ZERO,
            false => remaining(now, deadline).saturating_sub(self.min_remaining()),
        }
    }

    /// The part of the call's timeout that a wait must leave.
    fn min_remaining(&self) -> Duration {
        (self.timeout / 10).min(MIN_REMAINING)
    }
}

/// The time until the deadline, or `Duration::MAX` if the deadline is too far off to be represented.
pub(super) fn remaining(now: Instant, deadline: Option<Instant>) -> Duration {
    deadline.map_or(Duration::MAX, |deadline| {
        deadline.saturating_duration_since(now)
    })
}
