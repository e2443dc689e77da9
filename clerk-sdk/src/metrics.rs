//! Metrics (feature `metrics`), through the facade of the crate of that name. Without the feature, nothing is measured.
//!
//! Labels have the template of a path, never the path, and no keys, ids or messages of the API.

#[cfg(feature = "metrics")]
mod enabled {
    use std::time::{Duration, Instant};

    use ::metrics::{counter, gauge, histogram};

    use crate::exchange::Operation;

    /// Measures a call from its start; one that is dropped before its end counts as cancelled.
    pub(crate) struct CallTimer {
        operation: Operation,
        started: Instant,
        outcome: String,
    }

    impl CallTimer {
        pub(crate) fn start(operation: &Operation) -> Self {
            Self {
                operation: operation.clone(),
                started: Instant::now(),
                outcome: "cancelled".to_owned(),
            }
        }

        /// Ends the call with a status or the class of an error.
        pub(crate) fn end(mut self, outcome: String) {
            self.outcome = outcome;
        }
    }

    impl Drop for CallTimer {
        fn drop(&mut self) {
            let Operation { method, template } = &self.operation;
            let labels = [
                ("method", method.as_str().to_owned().into()),
                ("route", ::metrics::SharedString::from(template.clone())),
                ("outcome", std::mem::take(&mut self.outcome).into()),
            ];
            histogram!("clerk_sdk_call_duration_seconds", &labels).record(self.started.elapsed());
        }
    }

    pub(crate) fn retry(operation: &Operation, reason: String) {
        let Operation { method, template } = operation;
        counter!(
            "clerk_sdk_retries_total",
            "method" => method.as_str().to_owned(),
            "route" => template.clone(),
            "reason" => reason,
        )
        .increment(1);
    }

    /// A call was not retried because the retry budget was exhausted.
    pub(crate) fn budget_exhausted(operation: &Operation) {
        let Operation { method, template } = operation;
        counter!(
            "clerk_sdk_retry_budget_exhausted_total",
            "method" => method.as_str().to_owned(),
            "route" => template.clone(),
        )
        .increment(1);
    }

    /// An attempt has waited this long for a permit of the rate limit, and has got one or not.
    pub(crate) fn permit(operation: &Operation, wait: Duration, is_granted: bool) {
        let Operation { method, template } = operation;
        let labels = [
            ("method", method.as_str().to_owned().into()),
            ("route", ::metrics::SharedString::from(template.clone())),
            (
                "result",
                if is_granted { "granted" } else { "exceeded" }.into(),
            ),
        ];
        histogram!("clerk_sdk_rate_limit_wait_seconds", &labels).record(wait);
    }

    /// A permit came from Redis, or was done without.
    #[cfg(feature = "redis")]
    pub(crate) fn permit_source(source: &'static str) {
        counter!("clerk_sdk_redis_permits_total", "source" => source).increment(1);
    }

    #[cfg(feature = "redis")]
    pub(crate) fn redis_available(is_available: bool) {
        gauge!("clerk_sdk_redis_available").set(if is_available { 1.0 } else { 0.0 });
    }

    #[cfg(feature = "jwt")]
    pub(crate) fn cache_lookup(cache: &'static str, is_hit: bool) {
        let result = if is_hit { "hit" } else { "miss" };
        counter!("clerk_sdk_cache_lookups_total", "cache" => cache, "result" => result)
            .increment(1);
    }
}

#[cfg(not(feature = "metrics"))]
mod disabled {
    #[cfg(feature = "redis")]
    pub(crate) fn permit_source(_: &'static str) {}

    #[cfg(feature = "redis")]
    pub(crate) fn redis_available(_: bool) {}

    #[cfg(feature = "jwt")]
    pub(crate) fn cache_lookup(_: &'static str, _: bool) {}
}

#[cfg(not(feature = "metrics"))]
#[allow(
    unused_imports,
    reason = "only some features measure anything else than calls"
)]
pub(crate) use disabled::*;
#[cfg(feature = "metrics")]
pub(crate) use enabled::*;
