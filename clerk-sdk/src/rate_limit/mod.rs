//! The client-side rate limit: a call waits for a permit, so that the API does not have to reject it.
//!
//! `published_limits.rs` has the limits that Clerk publishes, `sliding_window.rs` the algorithm, and `permit.rs` the
//! wait of one call.

mod call_descriptor;
mod cooldown;
mod limiter;
mod limiter_state;
mod permit;
mod published_limits;
mod rule;
mod sliding_window;

pub(crate) use call_descriptor::CallDescriptor;
pub use limiter::RateLimit;
pub(crate) use limiter::Throttled;
