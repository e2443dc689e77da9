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
    /// An attempt before this one may have been carried out.
    pub(crate) is_in_doubt: bool,
    pub(crate) source: Box<dyn StdError + Send + Sync>,
}

impl TransportError {
    /// Whether there was no connection at all: the operation did not happen, and repeating is harmless.
    ///
    /// That is said of the whole call: it is false where the last attempt had no connection, but one before it had
    /// and may have been carried out.
    pub fn is_connect(&self) -> bool {
        self.connect && !self.is_in_doubt
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.is_connect() {
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
    /// An attempt before this one may have been carried out.
    pub(crate) is_in_doubt: bool,
}

/// What a time limit was for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum TimeoutPhase {
    /// Opening a connection: nothing was sent, at this attempt. Of those before it
    /// [`Error::may_have_happened`](crate::Error::may_have_happened) tells.
    Connect,
    /// One attempt of a call, or a limit of the backend's own, such as that of a `reqwest::Client` of yours.
    Attempt,
    /// The whole call, with all its attempts.
    Call,
    /// The wait for the client's own [`RateLimit`](crate::RateLimit) would leave no time for an answer: nothing was
    /// sent. A call that was sent before, and would wait so long before another attempt, ends in what that attempt
    /// ended in.
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

    pub(crate) fn may_have_happened(&self) -> bool {
        match self.phase {
            TimeoutPhase::Connect | TimeoutPhase::RateLimit => self.is_in_doubt,
            TimeoutPhase::Attempt | TimeoutPhase::Call => true,
        }
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
