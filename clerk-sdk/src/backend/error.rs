//! The error of a backend that received no complete response.

use std::error::Error as StdError;
use std::fmt;

use bytes::Bytes;

/// The error of a [`Backend`](crate::Backend) that received no complete response.
#[derive(Debug)]
pub struct BackendError {
    pub(crate) kind: BackendErrorKind,
    pub(crate) partial: Option<Box<http::Response<Bytes>>>,
    pub(crate) source: Box<dyn StdError + Send + Sync>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum BackendErrorKind {
    Connect,
    ConnectTimeout,
    Timeout,
    BodyTooLarge,
    Other,
}

impl BackendError {
    pub(super) fn with_kind(
        kind: BackendErrorKind,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self {
            kind,
            partial: None,
            source: source.into(),
        }
    }

    /// Creates an error for a request or response that broke off, or a request that could not be made.
    pub fn new(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::with_kind(BackendErrorKind::Other, source)
    }

    /// Creates an error for a failed connection: nothing was sent.
    pub fn connect(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::with_kind(BackendErrorKind::Connect, source)
    }

    /// Creates an error for a time limit that the backend itself enforces.
    pub fn timeout(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::with_kind(BackendErrorKind::Timeout, source)
    }

    /// Creates an error for a body that is larger than the limit.
    pub(super) fn body_too_large(limit: usize) -> Self {
        let reason = format!("the response body is larger than {limit} bytes");
        Self::with_kind(BackendErrorKind::BodyTooLarge, reason)
    }

    /// Keeps the part of the response that was received before it broke off: status, headers, part of the body.
    pub fn with_partial(mut self, response: http::Response<Bytes>) -> Self {
        self.partial = Some(Box::new(response));
        self
    }
}

impl fmt::Display for BackendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            BackendErrorKind::Connect => "no connection",
            BackendErrorKind::ConnectTimeout => "connecting took too long",
            BackendErrorKind::Timeout => "the response took too long",
            BackendErrorKind::BodyTooLarge => "the response body is too large",
            BackendErrorKind::Other => "the connection broke off",
        })
    }
}

impl StdError for BackendError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.source)
    }
}
