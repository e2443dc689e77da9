//! The client-side rate limit: a call waits for a permit, so that the API does not have to reject it.
//!
//! `published_limits.rs` has the limits that Clerk publishes, `sliding_window.rs` the algorithm, and `permit.rs` the
//! wait of one call.

mod cooldown;
mod limiter;
mod limiter_state;
mod permit;
mod published_limits;
mod rate_limited_call;
mod rate_limiter;
mod rule;
mod sliding_window;

pub use limiter::RateLimit;
pub(crate) use published_limits::published_template;
pub use rate_limited_call::RateLimitedCall;
pub use rate_limiter::{RateLimitError, RateLimitFuture, RateLimiter};
