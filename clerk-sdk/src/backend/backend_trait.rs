//! The trait for sending HTTP requests: it takes a complete request and returns the whole response.

use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;

use super::error::BackendError;

/// The future that a [`Backend`] returns: boxed, so that the trait is object-safe.
pub type BackendFuture<'a> =
    Pin<Box<dyn Future<Output = Result<http::Response<Bytes>, BackendError>> + Send + 'a>>;

/// Sends requests. The default implementation uses `reqwest`; implement the trait for mocks and special transports.
///
/// A request is complete when it arrives here: URL, headers and body. The `Authorization` header is among them, so
/// a backend must not log headers. Dropping the future must cancel the request.
///
/// In a tokio runtime the client enforces time limits and retries failed calls, so a backend need not. Outside tokio
/// there are no time limits or retries, and the backend's future must complete by itself: see
/// [`ClientConfig::timeout`](crate::ClientConfig::timeout).
///
/// ```
/// use bytes::Bytes;
/// use clerk_sdk::{Backend, BackendFuture, ClientConfig, user};
///
/// /// Responds to every call with the same user.
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
    /// Sends one request and reads the whole response, whatever its status.
    fn send(&self, request: http::Request<Bytes>) -> BackendFuture<'_>;
}
