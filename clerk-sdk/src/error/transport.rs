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
    kind: TransportErrorKind,
    source: Arc<dyn StdError + Send + Sync>,
    /// The source in words, if it is known to contain no secrets.
    cause: Option<String>,
}

/// How far the last attempt came.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum TransportErrorKind {
    /// The backend did not send it.
    NotSent,
    /// There was no connection.
    Connect,
    /// The server refused it without processing it.
    NotProcessed,
    /// It was sent, at least in part, on a connection that other requests used before. That was closed before any
    /// response, probably because it had been idle.
    ReusedConnection,
    /// It was sent, at least in part.
    BrokenOff,
}

impl TransportError {
    pub(crate) fn history(&self) -> &AttemptHistory {
        &self.0.history
    }

    pub(crate) fn history_mut(&mut self) -> &mut AttemptHistory {
        &mut self.0.history
    }

    pub(crate) fn new(
        operation: Operation,
        history: AttemptHistory,
        kind: TransportErrorKind,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self(Box::new(TransportFailure {
            operation,
            history,
            kind,
            source: Arc::from(source.into()),
            cause: None,
        }))
    }

    pub(crate) fn with_cause(mut self, cause: Option<String>) -> Self {
        self.0.cause = cause;
        self
    }

    /// How far the last attempt came, whatever the attempts before it.
    #[cfg(feature = "tracing")]
    pub(crate) fn last_attempt(&self) -> TransportErrorKind {
        self.0.kind
    }

    /// Whether no connection was made at all: the operation did not happen, and retrying is safe.
    ///
    /// This is a statement about the whole call: it is false if the last attempt had no connection, but an
    /// earlier one had and may have been carried out.
    pub fn is_connect(&self) -> bool {
        self.0.kind == TransportErrorKind::Connect && self.is_not_sent()
    }

    /// Whether nothing was sent, because there was no connection or the backend did not send the request, or the server
    /// said over HTTP/2 that it did not process it: the operation did not happen, and retrying is safe.
    ///
    /// Like [`is_connect`](Self::is_connect), this is a statement about the whole call.
    pub fn is_not_sent(&self) -> bool {
        let is_sent = matches!(
            self.0.kind,
            TransportErrorKind::BrokenOff | TransportErrorKind::ReusedConnection
        );
        !is_sent && !self.0.history.earlier_may_have_happened
    }

    /// Whether the last attempt was the victim of a connection that had been used before.
    pub(crate) fn is_reused_connection(&self) -> bool {
        self.0.kind == TransportErrorKind::ReusedConnection
    }

    /// The number of attempts that were made: more than one if the call was
    /// [retried](crate::RetryPolicy).
    pub fn attempt_count(&self) -> u32 {
        self.0.history.attempts
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problem = match self.0.kind {
            TransportErrorKind::NotSent if self.is_not_sent() => "nothing was sent for",
            TransportErrorKind::Connect if self.is_not_sent() => "no connection for",
            TransportErrorKind::NotProcessed if self.is_not_sent() => "the server did not process",
            _ => "no complete response to",
        };
        write!(f, "{problem} {}{}", self.0.operation, self.0.history)?;
        match &self.0.cause {
            Some(cause) => write!(f, ": {cause}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportError")
            .field("operation", &self.0.operation)
            .field("history", &self.0.history)
            .field("kind", &self.0.kind)
            .field("source", &self.0.source)
            .finish()
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.0.source)
    }
}
