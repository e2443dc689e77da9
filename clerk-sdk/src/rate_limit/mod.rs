//! The client-side rate limit: a call waits for a permit, so that the API does not have to reject it.
//!
//! `published_limits.rs` has the limits that Clerk publishes, `window.rs` the algorithm and why it is correct, and
//! `limiter.rs` the wait of one call.

mod cooldown;
mod limiter;
mod limiter_state;
mod permits;
mod published_limits;
mod rate_limit_permit;
mod rate_limited_call;
mod rate_limiter;
#[cfg(feature = "redis")]
mod redis;
mod rule;
mod window;

pub use limiter::RateLimit;
pub(crate) use published_limits::published_template;
pub use rate_limit_permit::RateLimitPermit;
pub use rate_limited_call::RateLimitedCall;
pub use rate_limiter::{RateLimitError, RateLimitFuture, RateLimiter};
#[cfg(feature = "redis")]
pub use redis::{RedisFallback, RedisRateLimit};
