//! The error for a call without a complete response: no connection, or a connection that broke off.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use crate::exchange::{AttemptHistory, Operation};

/// An error for a call that received no complete response.
#[derive(Clone)]
pub struct TransportError(Box<TransportFailure>);

#[derive(Clone)]
struct TransportFailure {
    operation: Operation,
    history: AttemptHistory,
    connect: bool,
    source: Arc<dyn StdError + Send + Sync>,
}

impl TransportError {
    pub(crate) fn new(
        operation: Operation,
        history: AttemptHistory,
        connect: bool,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self(Box::new(TransportFailure {
            operation,
            history,
            connect,
            source: Arc::from(source.into()),
        }))
    }

    /// Whether the last attempt had no connection, whatever the attempts before it.
    #[cfg(feature = "tracing")]
    pub(crate) fn is_last_attempt_connect(&self) -> bool {
        self.0.connect
    }

    /// Whether no connection was made at all: the operation did not happen, and retrying is safe.
    ///
    /// This is a statement about the whole call: it is false if the last attempt had no connection, but an
    /// earlier one had and may have been carried out.
    pub fn is_connect(&self) -> bool {
        self.0.connect && !self.0.history.earlier_may_have_happened
    }

    /// The number of attempts that were made: more than one if the call was
    /// [retried](crate::RetryPolicy).
    pub fn attempts(&self) -> u32 {
        self.0.history.attempts
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problem = if self.is_connect() {
            "no connection for"
        } else {
            "no complete response to"
        };
        write!(f, "{problem} {}{}", self.0.operation, self.0.history)
    }
}

impl fmt::Debug for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportError")
            .field("operation", &self.0.operation)
            .field("history", &self.0.history)
            .field("connect", &self.0.connect)
            .field("source", &self.0.source)
            .finish()
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.0.source)
    }
}
