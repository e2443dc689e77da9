//! The trait for sending HTTP requests: it takes a complete request and returns the response.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;

use super::body::Body;
use super::error::BackendError;

/// The future that a [`Backend`] returns: boxed, so that the trait is object-safe.
pub type BackendFuture<'a> =
    Pin<Box<dyn Future<Output = Result<http::Response<Body>, BackendError>> + Send + 'a>>;

/// Sends requests. The default implementation uses `reqwest`; implement the trait for mocks and special transports.
///
/// A request is complete when it arrives here: URL, headers and body. The `Authorization` header is among them, so
/// a backend must not log headers. Dropping the future must cancel the request.
///
/// The body of a response must not be compressed: the feature `gzip` decodes only what the default implementation
/// receives.
///
/// In a tokio runtime the client enforces time limits and retries failed calls, so a backend need not. Outside tokio
/// there are no time limits or retries, and the backend's future must complete by itself: see
/// [`ClientConfig::timeout`](crate::ClientConfig::timeout).
///
/// A closure is a backend too, if it takes a `http::Request<Bytes>` and returns a future:
///
/// ```
/// use bytes::Bytes;
/// use clerk_sdk::{Body, ClientConfig, user};
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let config = ClientConfig::new("sk_test_123").backend(async |request: http::Request<Bytes>| {
///     assert_eq!(request.uri().path(), "/v1/users/user_1");
///     Ok(http::Response::new(Body::from(r#"{"id":"user_1"}"#)))
/// });
/// assert_eq!(user::Client::new(config).get("user_1").await?.id, "user_1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A type of your own implements the trait:
///
/// ```
/// use bytes::Bytes;
/// use clerk_sdk::{Backend, BackendFuture};
///
/// /// Responds to every call with the same body.
/// struct SameBody(Bytes);
///
/// impl Backend for SameBody {
///     fn send(&self, _request: http::Request<Bytes>) -> BackendFuture<'_> {
///         Box::pin(async { Ok(http::Response::new(self.0.clone().into())) })
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a backend",
    note = "a closure must take one `http::Request<Bytes>` (write the type of its argument) and return a future of \
            `Result<http::Response<clerk_sdk::Body>, clerk_sdk::BackendError>` that is `Send`"
)]
pub trait Backend: Send + Sync + 'static {
    /// Sends one request, and returns the response as soon as its status and headers are known. The SDK reads the body.
    ///
    /// # Errors
    ///
    /// An error says whether the operation can have happened: [`BackendError::not_sent`] and
    /// [`BackendError::connect`] if it cannot, else [`BackendError::new`] or [`BackendError::timeout`].
    fn send(&self, request: http::Request<Bytes>) -> BackendFuture<'_>;
}

impl<B: Backend + ?Sized> Backend for Arc<B> {
    fn send(&self, request: http::Request<Bytes>) -> BackendFuture<'_> {
        (**self).send(request)
    }
}

impl<F, R> Backend for F
where
    F: Fn(http::Request<Bytes>) -> R + Send + Sync + 'static,
    R: Future<Output = Result<http::Response<Body>, BackendError>> + Send + 'static,
{
    fn send(&self, request: http::Request<Bytes>) -> BackendFuture<'_> {
        Box::pin(self(request))
    }
}
