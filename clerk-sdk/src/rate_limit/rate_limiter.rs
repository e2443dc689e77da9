//! The trait of rate limits: each attempt of a call waits for a permit of one.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::rate_limit_permit::RateLimitPermit;
use super::rate_limited_call::RateLimitedCall;

/// The future that a [`RateLimiter`] returns: boxed, so that the trait is object-safe.
pub type RateLimitFuture<'a> =
    Pin<Box<dyn Future<Output = Result<RateLimitPermit, RateLimitError>> + Send + 'a>>;

/// Delays calls so that they stay within a limit. [`RateLimit`](crate::RateLimit) implements it for one process;
/// implement it yourself for a limit that several processes share.
///
/// ```
/// use std::sync::Arc;
/// use std::time::Duration;
///
/// use clerk_sdk::{
///     ClientConfig, RateLimitError, RateLimitFuture, RateLimitPermit, RateLimitedCall, RateLimiter,
/// };
/// use tokio::sync::Semaphore;
///
/// /// Permits one change at a time, and any number of reads.
/// struct OneChange(Arc<Semaphore>);
///
/// impl RateLimiter for OneChange {
///     fn acquire<'a>(&'a self, call: RateLimitedCall<'a>, max_wait: Duration) -> RateLimitFuture<'a> {
///         Box::pin(async move {
///             if call.method().is_safe() {
///                 return Ok(RateLimitPermit::default());
///             }
///             let slot = self.0.clone();
///             let slot = match max_wait.is_zero() {
///                 true => slot.try_acquire_owned().ok(),
///                 false => slot.acquire_owned().await.ok(), // dropped after `max_wait`
///             };
///             let slot = slot.ok_or_else(RateLimitError::exceeded)?;
///             Ok(RateLimitPermit::new(slot)) // dropped after the attempt
///         })
///     }
/// }
///
/// let limiter = OneChange(Arc::new(Semaphore::new(1)));
/// let config = ClientConfig::new("sk_test_…").rate_limit(limiter);
/// # let _ = config;
/// ```
pub trait RateLimiter: Send + Sync + 'static {
    /// Waits until the call may be sent. It is called before each attempt of a call. If the call is dropped or its time
    /// is up, the future is dropped; a permit that was reserved by then must be released.
    ///
    /// The call holds the [`RateLimitPermit`] until the end of the attempt. When it is dropped, the API has counted the
    /// attempt, unless it was cancelled and is still on its way. Before that, you cannot know when the API counts it:
    /// a limiter that counts calls when they are sent exceeds the limit if their latency varies. To keep to a limit of
    /// `n` calls in a period, let the permit's guard release one of `n` slots a period after it is dropped. For a limit
    /// that several processes share, a slot may be a lease in a store such as Redis that expires if its process fails:
    /// after the longest time that an attempt may take
    /// ([`ClientConfig::attempt_timeout`](crate::ClientConfig::attempt_timeout)) and the period.
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
