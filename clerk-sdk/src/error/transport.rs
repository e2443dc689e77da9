//! Calls without an answer: no connection, a broken exchange, a limit that ran out.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

/// A call that got no whole answer.
#[derive(Debug)]
pub struct TransportError {
    pub(crate) operation: String,
    pub(crate) connect: bool,
    pub(crate) source: Box<dyn StdError + Send + Sync>,
}

impl TransportError {
    /// Whether there was no connection at all: nothing was sent, and repeating is harmless.
    pub fn is_connect(&self) -> bool {
        self.connect
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.connect {
            "no connection for"
        } else {
            "no whole response to"
        };
        write!(f, "{what} {}", self.operation)
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.source)
    }
}

/// A time limit that ran out, and which one.
#[derive(Clone, Debug)]
pub struct TimeoutError {
    pub(crate) operation: String,
    pub(crate) phase: TimeoutPhase,
    pub(crate) limit: Option<Duration>,
}

/// What a time limit was for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum TimeoutPhase {
    /// Opening a connection: nothing was sent.
    Connect,
    /// The whole call.
    Call,
}

impl TimeoutError {
    /// Which limit ran out.
    pub fn phase(&self) -> TimeoutPhase {
        self.phase
    }

    /// The limit, where this crate set it.
    pub fn limit(&self) -> Option<Duration> {
        self.limit
    }
}

impl fmt::Display for TimeoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.phase {
            TimeoutPhase::Connect => write!(f, "the connection for {} took", self.operation)?,
            TimeoutPhase::Call => write!(f, "{} took", self.operation)?,
        }
        match self.limit {
            Some(limit) => write!(f, " longer than {limit:?}"),
            None => f.write_str(" too long"),
        }
    }
}

impl StdError for TimeoutError {}
