//! Which failures may be retried without performing an operation twice.

use http::Method;

use crate::error::{Error, RetryableStatus, TimeoutPhase};

/// Whether a call can be retried after `error` without performing its operation twice.
pub(super) fn is_safe_to_retry(error: &Error, method: &Method) -> bool {
    match error {
        Error::Transport(error) => error.is_not_sent() || method.is_idempotent(),
        Error::Timeout(error) => match error.phase() {
            TimeoutPhase::Connect => true,
            TimeoutPhase::Attempt => error.history().is_held_back || method.is_idempotent(),
            TimeoutPhase::Call | TimeoutPhase::RateLimit | TimeoutPhase::InFlight => false,
        },
        Error::Api(error) => match RetryableStatus::of(error.status()) {
            Some(RetryableStatus::NotPerformed) => true,
            Some(RetryableStatus::Unknown) => method.is_idempotent(),
            None => false,
        },
        Error::Decode(error) => error.is_truncated() && method.is_idempotent(),
        Error::MissingKey | Error::InvalidArgument(_) => false,
    }
}
