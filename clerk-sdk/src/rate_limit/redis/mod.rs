//! The rate limit that processes share through Redis.
//!
//! `permits.lua` counts the permits, and has the algorithm. `redis_rate_limit.rs` is the wait of one call; `queue.rs` asks
//! for the permits of all calls that wait for the same windows, and `queue_state.rs` decides when; `link.rs` is the
//! connection, and knows whether Redis is available.

mod delays;
mod fallback;
mod keys;
mod link;
mod outage_reports;
mod permit;
mod queue;
mod queue_settings;
mod queue_state;
mod redis_rate_limit;
mod registry;
mod report;
mod response_times;
mod returned_permits;
mod script;
mod server_clock;
mod step;
mod unavailable;
mod waiter;
mod waiters;

pub use fallback::RedisFallback;
pub use redis_rate_limit::RedisRateLimit;
