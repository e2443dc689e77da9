//! What calls do while Redis is not available.

/// What calls do while Redis is not available, or has lost the permits that are in use.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum RedisFallback {
    /// Each process keeps to its own share of the limits: each limit divided by the number of processes, and at least one
    /// call in its period. The calls that a process made with permits of Redis count towards its share.
    OwnShare {
        /// How many processes there are.
        processes: u32,
    },
    /// Calls are not limited. Clerk rejects those that exceed a limit with 429, which blocks their route for a while.
    Pass,
    /// Calls fail with [`TimeoutPhase::RateLimit`](crate::TimeoutPhase::RateLimit), and nothing is sent.
    Refuse,
}
