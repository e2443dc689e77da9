//! The trait of rate limits: each attempt of a call waits for a permit of one.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::rate_limited_call::RateLimitedCall;

/// The future that a [`RateLimiter`] returns: boxed, so that the trait is object-safe.
pub type RateLimitFuture<'a> =
    Pin<Box<dyn Future<Output = Result<(), RateLimitError>> + Send + 'a>>;

/// Delays calls so that they stay within a limit. [`RateLimit`](crate::RateLimit) implements it for one process;
/// implement it yourself for a limit that several processes share.
///
/// ```
/// use std::time::Duration;
///
/// use clerk_sdk::{ClientConfig, RateLimitError, RateLimitFuture, RateLimitedCall, RateLimiter};
///
/// /// Permits no call that changes anything.
/// struct ReadOnly;
///
/// impl RateLimiter for ReadOnly {
///     fn acquire<'a>(&'a self, call: RateLimitedCall<'a>, _max_wait: Duration) -> RateLimitFuture<'a> {
///         Box::pin(async move {
///             match call.method().is_safe() {
///                 true => Ok(()),
///                 false => Err(RateLimitError::exceeded()),
///             }
///         })
///     }
/// }
///
/// let config = ClientConfig::new("sk_test_…").rate_limit(ReadOnly);
/// # let _ = config;
/// ```
pub trait RateLimiter: Send + Sync + 'static {
    /// Waits until the call may be sent, and counts it. It is called before each attempt of a call, and dropped if the
    /// call is dropped; a permit that was reserved by then must be released.
    ///
    /// Outside a tokio runtime `max_wait` is zero, and the future must not use tokio's timer.
    ///
    /// # Errors
    ///
    /// Returns [`RateLimitError::exceeded`] as soon as it is clear that the call would have to wait longer than
    /// `max_wait`. The call is not sent, and fails with
    /// [`TimeoutPhase::RateLimit`](crate::TimeoutPhase::RateLimit).
    fn acquire<'a>(&'a self, call: RateLimitedCall<'a>, max_wait: Duration) -> RateLimitFuture<'a>;

    /// Is called when the API has rejected a call with 429. `retry_after` is the time that it asks to wait, if it does.
    fn on_rejected(&self, _call: RateLimitedCall<'_>, _retry_after: Option<Duration>) {}
}

impl<L: RateLimiter + ?Sized> RateLimiter for Arc<L> {
    fn acquire<'a>(&'a self, call: RateLimitedCall<'a>, max_wait: Duration) -> RateLimitFuture<'a> {
        (**self).acquire(call, max_wait)
    }

    fn on_rejected(&self, call: RateLimitedCall<'_>, retry_after: Option<Duration>) {
        (**self).on_rejected(call, retry_after);
    }
}

/// An error of a [`RateLimiter`]: the call cannot be sent in time.
pub struct RateLimitError(());

impl RateLimitError {
    /// Creates an error for a call that would have to wait too long.
    pub fn exceeded() -> Self {
        Self(())
    }
}

impl fmt::Debug for RateLimitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RateLimitError(exceeded)")
    }
}

impl fmt::Display for RateLimitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the call would have to wait too long for the rate limit")
    }
}

impl std::error::Error for RateLimitError {}
