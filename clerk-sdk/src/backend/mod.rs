//! The seam between this crate and the network: plain requests in, plain responses out.

mod incoming;
mod reqwest;
#[cfg(feature = "tower")]
pub(crate) mod service;

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;

pub(crate) use self::reqwest::ReqwestBackend;

/// What a [`Backend`] gives back: a boxed future, so that the trait can be an object.
pub type BackendFuture<'a> =
    Pin<Box<dyn Future<Output = Result<http::Response<Bytes>, BackendError>> + Send + 'a>>;

/// What sends requests. The default one is `reqwest`; tests and special transports bring their own.
///
/// A request is complete when it arrives here: address, headers and body. The `Authorization` header
/// is among them, so a backend must not log headers. Dropping the future must cancel the request.
///
/// Time limits and repetitions are not its business, if calls are awaited within tokio. Under another runtime
/// there are neither, and it has to end by itself: see [`ClientConfig::timeout`](crate::ClientConfig::timeout).
///
/// ```
/// use bytes::Bytes;
/// use clerk_sdk::{Backend, BackendFuture, ClientConfig, user};
///
/// /// Answers every call with the same user.
/// struct OneUser;
///
/// impl Backend for OneUser {
///     fn send(&self, _request: http::Request<Bytes>) -> BackendFuture<'_> {
///         Box::pin(async { Ok(http::Response::new(Bytes::from(r#"{"id":"user_1"}"#))) })
///     }
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = user::Client::new(ClientConfig::new("sk_test_123").backend(OneUser));
/// assert_eq!(client.get("user_1").await?.id, "user_1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Backend: Send + Sync + 'static {
    /// Sends one request and reads the whole answer, whatever its status.
    fn send(&self, request: http::Request<Bytes>) -> BackendFuture<'_>;
}

/// Why a [`Backend`] has no whole answer.
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
    TooLong,
    Other,
}

impl BackendError {
    fn with_kind(
        kind: BackendErrorKind,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self {
            kind,
            partial: None,
            source: source.into(),
        }
    }

    /// The request or the answer was cut off, or could not be made.
    pub fn new(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::with_kind(BackendErrorKind::Other, source)
    }

    /// No connection was made, so nothing was sent.
    pub fn connect(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::with_kind(BackendErrorKind::Connect, source)
    }

    /// A time limit of the backend's own ran out.
    pub fn timeout(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::with_kind(BackendErrorKind::Timeout, source)
    }

    /// More came than may be read.
    fn too_long(limit: usize) -> Self {
        let reason = format!("the answer is longer than {limit} bytes");
        Self::with_kind(BackendErrorKind::TooLong, reason)
    }

    /// Keeps what arrived of the answer before it broke off: its status, headers, part of the body.
    pub fn with_partial(mut self, response: http::Response<Bytes>) -> Self {
        self.partial = Some(Box::new(response));
        self
    }
}

impl fmt::Display for BackendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            BackendErrorKind::Connect => "no connection",
            BackendErrorKind::ConnectTimeout => "the connection took too long",
            BackendErrorKind::Timeout => "the answer took too long",
            BackendErrorKind::TooLong => "the answer is too long",
            BackendErrorKind::Other => "the exchange broke off",
        })
    }
}

impl StdError for BackendError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.source)
    }
}
