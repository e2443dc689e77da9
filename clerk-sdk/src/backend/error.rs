//! The error of a backend that received no complete response.

use std::error::Error as StdError;
use std::fmt;

use bytes::Bytes;

use super::error_chain::causes;

pub(crate) type BoxError = Box<dyn StdError + Send + Sync>;

/// The error of a [`Backend`](crate::Backend) that received no complete response.
pub struct BackendError {
    pub(crate) kind: BackendErrorKind,
    pub(crate) partial: Option<Box<http::Response<Bytes>>>,
    pub(crate) source: BoxError,
    /// The cause in words, for the message of the call's error. Only the default backend's contain no secrets.
    pub(crate) cause: Option<String>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum BackendErrorKind {
    /// The request cannot be built.
    InvalidRequest,
    /// The client for this setting cannot be built.
    Setup(&'static str),
    NotSent,
    Connect,
    ConnectTimeout,
    Timeout,
    BodyTooLarge,
    /// The server refused the request without processing it, as HTTP/2 can say.
    NotProcessed,
    /// A connection that other requests used before was closed, before any response.
    ReusedConnection,
    Other,
}

impl BackendError {
    pub(super) fn with_kind(kind: BackendErrorKind, source: impl Into<BoxError>) -> Self {
        Self {
            kind,
            partial: None,
            source: source.into(),
            cause: None,
        }
    }

    /// Creates an error for a request or response that broke off: the operation may have happened.
    pub fn new(source: impl Into<BoxError>) -> Self {
        Self::with_kind(BackendErrorKind::Other, source)
    }

    /// Creates an error for a request that the backend did not send, for example because a circuit breaker is open: the
    /// operation did not happen.
    pub fn not_sent(source: impl Into<BoxError>) -> Self {
        Self::with_kind(BackendErrorKind::NotSent, source)
    }

    /// Creates an error for a failed connection: nothing was sent.
    pub fn connect(source: impl Into<BoxError>) -> Self {
        Self::with_kind(BackendErrorKind::Connect, source)
    }

    /// Creates an error for a client that cannot be built as it is configured: nothing was sent.
    pub(super) fn setup(setting: &'static str, reason: String) -> Self {
        Self::with_kind(BackendErrorKind::Setup(setting), reason)
    }

    /// Creates an error for a time limit that the backend itself enforces.
    pub fn timeout(source: impl Into<BoxError>) -> Self {
        Self::with_kind(BackendErrorKind::Timeout, source)
    }

    /// Creates an error for a body that is larger than the limit.
    pub(super) fn body_too_large(limit: usize) -> Self {
        let reason = format!("the response body is larger than {limit} bytes");
        Self::with_kind(BackendErrorKind::BodyTooLarge, reason)
    }

    /// Makes a broken request one that was not sent, because a layer held it back.
    pub(crate) fn held_back(mut self) -> Self {
        if matches!(
            self.kind,
            BackendErrorKind::Other | BackendErrorKind::ReusedConnection
        ) {
            self.kind = BackendErrorKind::NotSent;
        }
        self
    }

    pub(super) fn with_cause(mut self, cause: String) -> Self {
        self.cause = Some(cause);
        self
    }

    /// Converts the error of a request. An error of this type stays as it is, and if another error was made of it, its
    /// kind is kept.
    pub(super) fn from_any(error: impl Into<BoxError>) -> Self {
        Self::from_error(error.into(), BackendErrorKind::Other)
    }

    /// Converts the error of a service that is not ready: nothing was sent.
    #[cfg(feature = "tower")]
    pub(super) fn from_unready(error: impl Into<BoxError>) -> Self {
        Self::from_error(error.into(), BackendErrorKind::NotSent)
    }

    fn from_error(error: BoxError, default: BackendErrorKind) -> Self {
        match error.downcast::<Self>() {
            Ok(own) => *own,
            Err(other) => {
                let kind = causes(&*other).find_map(|cause| cause.downcast_ref::<Self>());
                let kind = kind.map_or(default, |own| own.kind);
                Self::with_kind(kind, other)
            }
        }
    }

    /// Keeps the part of the response that was received before it broke off: status, headers, part of the body.
    pub(crate) fn with_partial(mut self, response: http::Response<Bytes>) -> Self {
        self.partial = Some(Box::new(response));
        self
    }
}

/// Shows nothing of the response, whose headers and body may contain secrets.
impl fmt::Debug for BackendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BackendError")
            .field("kind", &self.kind)
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for BackendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            BackendErrorKind::InvalidRequest => "the request cannot be built",
            BackendErrorKind::Setup(_) => "the HTTP client cannot be built",
            BackendErrorKind::NotSent => "the request was not sent",
            BackendErrorKind::Connect => "no connection",
            BackendErrorKind::ConnectTimeout => "connecting took too long",
            BackendErrorKind::Timeout => "the response took too long",
            BackendErrorKind::BodyTooLarge => "the response body is too large",
            BackendErrorKind::NotProcessed => "the server did not process the request",
            BackendErrorKind::ReusedConnection | BackendErrorKind::Other => {
                "the connection broke off"
            }
        })
    }
}

impl StdError for BackendError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.source)
    }
}
