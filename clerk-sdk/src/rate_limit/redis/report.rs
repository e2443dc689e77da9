//! Tells operators, once, that Redis is not available and why, and that it is available again.

use std::time::Duration;

use tokio::time::Instant;

use super::unavailable::Unavailable;
use crate::metrics;

/// The same reason is not reported again within this time.
const QUIET_TIME: Duration = Duration::from_secs(60);

#[derive(Default)]
pub(super) struct Reporter(Option<(Unavailable, Instant)>);

impl Reporter {
    pub(super) fn report(&mut self, reason: Unavailable) {
        let now = Instant::now();
        let is_known = |(last, at): (Unavailable, Instant)| {
            last == reason && now.duration_since(at) < QUIET_TIME
        };
        if self.0.is_some_and(is_known) {
            return;
        }
        self.0 = Some((reason, now));
        #[cfg(feature = "tracing")]
        tracing::warn!(
            target: "clerk_sdk",
            reason = reason.as_str(),
            "the rate limit of Redis is not available"
        );
    }

    pub(super) fn report_restored(&mut self) {
        #[cfg(feature = "tracing")]
        tracing::info!(target: "clerk_sdk", "the rate limit of Redis is available again");
    }
}

/// Records in the span of the current call that it does without Redis.
pub(super) fn record_fallback(_reason: Unavailable) {
    metrics::permit_source("fallback");
    #[cfg(feature = "tracing")]
    tracing::Span::current().record("clerk.rate_limit_fallback", _reason.as_str());
}

/// Sets the metric that shows whether Redis is available.
pub(super) fn set_available(is_available: bool) {
    metrics::redis_available(is_available);
}

/// Counts a permit of Redis.
pub(super) fn count_granted() {
    metrics::permit_source("redis");
}
