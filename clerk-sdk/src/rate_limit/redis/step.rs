//! What the task of a queue does next, and what it has to know for that.

use std::time::Duration;

use tokio::time::Instant;

use super::script::PermitRequest;
use super::unavailable::Unavailable;

/// What the task of a queue has to know of the connection.
pub(super) struct LinkStatus {
    pub(super) unavailable: Option<Unavailable>,
    pub(super) clock_jumped: Option<Instant>,
    /// How long calls wait for a response if permits are free.
    pub(super) response_wait: Duration,
    /// How long a response may take, as others took as long lately.
    pub(super) expected_wait: Duration,
    /// Whether other queues have calls of an outage to report first.
    pub(super) awaits_reports: bool,
}

/// What the task of a queue does next.
pub(super) enum Step {
    Send(PermitRequest),
    Wait(Instant),
    WaitForRedis,
    Stop,
}
