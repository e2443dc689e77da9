//! The error for a time limit that was exceeded.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use crate::exchange::{AttemptHistory, Operation};

/// An error for a time limit that was exceeded.
#[derive(Clone, Debug)]
pub struct TimeoutError(Box<ExceededLimit>);

#[derive(Clone, Debug)]
struct ExceededLimit {
    operation: Operation,
    history: AttemptHistory,
    phase: TimeoutPhase,
    limit: Option<Duration>,
}

/// The part of a call that a time limit applies to.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum TimeoutPhase {
    /// Opening a connection. This attempt sent nothing;
    /// [`Error::may_have_happened`](crate::Error::may_have_happened) covers the attempts before it.
    Connect,
    /// One attempt of a call, or a limit that the backend enforces itself, such as that of your own
    /// `reqwest::Client`.
    Attempt,
    /// The whole call, with all its attempts.
    Call,
    /// Waiting for the client's own [`RateLimit`](crate::RateLimit), which would leave no time for a response.
    /// Nothing was sent. If a retry would have to wait that long, the call ends with the error of the
    /// previous attempt instead.
    RateLimit,
    /// Waiting until fewer than [`ClientConfig::max_in_flight`](crate::ClientConfig::max_in_flight) requests are in
    /// flight. Nothing was sent. A retry that would have to wait that long ends with the error of the previous attempt
    /// instead.
    InFlight,
}

impl TimeoutPhase {
    /// The name of the phase: `connect`, `attempt`, `call`, `rate_limit` or `in_flight`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Attempt => "attempt",
            Self::Call => "call",
            Self::RateLimit => "rate_limit",
            Self::InFlight => "in_flight",
        }
    }
}

impl fmt::Display for TimeoutPhase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TimeoutError {
    pub(crate) fn history(&self) -> &AttemptHistory {
        &self.0.history
    }

    pub(crate) fn history_mut(&mut self) -> &mut AttemptHistory {
        &mut self.0.history
    }

    pub(crate) fn new(
        operation: Operation,
        history: AttemptHistory,
        phase: TimeoutPhase,
        limit: Option<Duration>,
    ) -> Self {
        Self(Box::new(ExceededLimit {
            operation,
            history,
            phase,
            limit,
        }))
    }

    /// Which limit was exceeded.
    pub fn phase(&self) -> TimeoutPhase {
        self.0.phase
    }

    /// The limit, if this crate set it.
    pub fn limit(&self) -> Option<Duration> {
        self.0.limit
    }

    /// The number of attempts that were made: more than one if the call was
    /// [retried](crate::RetryPolicy), and 0 if nothing was sent.
    pub fn attempt_count(&self) -> u32 {
        self.0.history.attempts
    }

    pub(crate) fn may_have_happened(&self) -> bool {
        match self.0.phase {
            TimeoutPhase::Connect | TimeoutPhase::RateLimit | TimeoutPhase::InFlight => {
                self.0.history.earlier_may_have_happened
            }
            TimeoutPhase::Attempt | TimeoutPhase::Call => {
                !self.0.history.is_held_back || self.0.history.earlier_may_have_happened
            }
        }
    }
}

impl fmt::Display for TimeoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.phase {
            TimeoutPhase::Connect => write!(f, "connecting for {} took", self.0.operation)?,
            TimeoutPhase::Attempt => write!(f, "an attempt of {} took", self.0.operation)?,
            TimeoutPhase::Call => write!(f, "{} took", self.0.operation)?,
            TimeoutPhase::InFlight => write!(
                f,
                "waiting for other requests to end before {} would take",
                self.0.operation
            )?,
            TimeoutPhase::RateLimit => write!(
                f,
                "waiting for the client's rate limit before {} would take",
                self.0.operation
            )?,
        }
        match self.0.limit {
            Some(limit) => write!(f, " longer than {limit:?}")?,
            None => f.write_str(" too long")?,
        }
        write!(f, "{}", self.0.history)
    }
}

impl StdError for TimeoutError {}
