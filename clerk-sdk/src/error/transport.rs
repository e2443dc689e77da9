//! The error for a call without a complete response: no connection, or a connection that broke off.

use std::error::Error as StdError;
use std::fmt;

use crate::exchange::{AttemptHistory, Operation};

/// An error for a call that received no complete response.
#[derive(Debug)]
pub struct TransportError {
    pub(crate) operation: Operation,
    pub(crate) history: AttemptHistory,
    pub(crate) connect: bool,
    pub(crate) source: Box<dyn StdError + Send + Sync>,
}

impl TransportError {
    /// Whether no connection was made at all: the operation did not happen, and retrying is safe.
    ///
    /// This is a statement about the whole call: it is false if the last attempt had no connection, but an
    /// earlier one had and may have been carried out.
    pub fn is_connect(&self) -> bool {
        self.connect && !self.history.earlier_may_have_happened
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problem = if self.is_connect() {
            "no connection for"
        } else {
            "no complete response to"
        };
        write!(f, "{problem} {}{}", self.operation, self.history)
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.source)
    }
}
