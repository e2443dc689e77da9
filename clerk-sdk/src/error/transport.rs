//! Calls without an answer: no connection, a broken exchange, a limit that ran out.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use crate::request::Operation;

/// A call that got no whole answer.
#[derive(Debug)]
pub struct TransportError {
    pub(crate) operation: Operation,
    pub(crate) attempts: u32,
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
        write!(f, "{what} {}{}", self.operation, Repeated(self.attempts))
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.source)
    }
}

/// Says how often, where that was more than once.
pub(crate) struct Repeated(pub(crate) u32);

impl fmt::Display for Repeated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 | 1 => Ok(()),
            attempts => write!(f, " ({attempts} attempts)"),
        }
    }
}

/// A time limit that ran out, and which one.
#[derive(Clone, Debug)]
pub struct TimeoutError {
    pub(crate) operation: Operation,
    pub(crate) attempts: u32,
    pub(crate) phase: TimeoutPhase,
    pub(crate) limit: Option<Duration>,
}

/// What a time limit was for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum TimeoutPhase {
    /// Opening a connection: nothing was sent.
    Connect,
    /// One attempt of a call.
    Attempt,
    /// The whole call, with all its attempts.
    Call,
    /// The wait for the client's own [`RateLimit`](crate::RateLimit) would be longer than the whole call may
    /// take: nothing was sent.
    RateLimit,
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
            TimeoutPhase::Attempt => write!(f, "an attempt of {} took", self.operation)?,
            TimeoutPhase::Call => write!(f, "{} took", self.operation)?,
            TimeoutPhase::RateLimit => {
                write!(f, "the client's rate limit holds {} back", self.operation)?
            }
        }
        match self.limit {
            Some(limit) => write!(f, " longer than {limit:?}")?,
            None => f.write_str(" too long")?,
        }
        write!(f, "{}", Repeated(self.attempts))
    }
}

impl StdError for TimeoutError {}
