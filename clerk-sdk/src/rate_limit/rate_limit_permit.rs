//! The permit of an attempt, as a guard.

use std::fmt;

/// A permit to send one attempt of a call, from a [`RateLimiter`](crate::RateLimiter). It is dropped when the attempt
/// ends: when the response has been received completely, when the attempt has failed or timed out, or when the call is
/// dropped. It is not held while a call waits for its next attempt.
///
/// [`RateLimitPermit::default`] is a permit that has nothing to release.
#[derive(Default)]
#[must_use = "the permit is released when it is dropped"]
pub struct RateLimitPermit(Option<Box<dyn Send + Sync>>);

impl RateLimitPermit {
    /// Creates a permit that drops `guard` when the attempt ends: a value whose `Drop` releases the permit.
    pub fn new(guard: impl Send + Sync + 'static) -> Self {
        Self(Some(Box::new(guard)))
    }
}

/// Shows nothing of the guard.
impl fmt::Debug for RateLimitPermit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimitPermit")
            .field("has_guard", &self.0.is_some())
            .finish()
    }
}
