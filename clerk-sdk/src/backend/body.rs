//! [`Body`]: the body of a request or response, in memory or received chunk by chunk.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use http_body::{Frame, SizeHint};
use http_body_util::{BodyExt, Full};
use sync_wrapper::SyncWrapper;

use super::error::{BackendError, BoxError};

/// The body of an HTTP message: bytes in memory, or a stream of chunks that arrive later.
///
/// A [`Backend`](crate::Backend) returns it with each response. Most mocks have the body in memory, which converts
/// with `into()` from [`Bytes`], `Vec<u8>`, `String` and `&'static str`. A backend that has received only the head of
/// a response passes the rest to [`Body::new`], and the SDK reads it, up to
/// [`ClientConfig::max_response_bytes`](crate::ClientConfig::max_response_bytes).
///
/// ```
/// use clerk_sdk::Body;
///
/// let response = http::Response::new(Body::from(r#"{"id":"user_1"}"#));
/// # let _ = response;
/// ```
pub struct Body(Inner);

enum Inner {
    InMemory(Full<Bytes>),
    Stream {
        /// Wrapped so that a body can be shared between threads, although the stream cannot.
        stream: SyncWrapper<BoxedStream>,
        /// What the stream said last about the size of the rest.
        size: SizeHint,
    },
}

type BoxedStream = Pin<Box<dyn http_body::Body<Data = Bytes, Error = BackendError> + Send>>;

impl Body {
    /// Creates a body from any other, such as that of a hyper response or a `StreamBody` of `http-body-util`.
    ///
    /// An error of `body` that is a [`BackendError`] is kept; any other becomes [`BackendError::new`].
    pub fn new<B>(body: B) -> Self
    where
        B: http_body::Body<Error: Into<BoxError>> + Send + 'static,
    {
        let body = body
            .map_frame(|frame| frame.map_data(|mut data| data.copy_to_bytes(data.remaining())))
            .map_err(BackendError::from_any);
        Self::from_stream(body)
    }

    /// Creates a body from one that needs no conversion.
    pub(super) fn from_stream(
        body: impl http_body::Body<Data = Bytes, Error = BackendError> + Send + 'static,
    ) -> Self {
        Self(Inner::Stream {
            size: body.size_hint(),
            stream: SyncWrapper::new(Box::pin(body)),
        })
    }

    /// Creates an empty body.
    pub fn empty() -> Self {
        Self::from(Bytes::new())
    }
}

impl Default for Body {
    fn default() -> Self {
        Self::empty()
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self(Inner::InMemory(Full::new(bytes)))
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Bytes::from_static(text.as_bytes()).into()
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BackendError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BackendError>>> {
        match &mut self.0 {
            Inner::InMemory(body) => {
                let frame = Pin::new(body).poll_frame(context);
                frame.map(|frame| frame.map(|result| result.map_err(|never| match never {})))
            }
            Inner::Stream { stream, size } => {
                let stream = stream.get_mut();
                let frame = stream.as_mut().poll_frame(context);
                *size = stream.size_hint();
                frame
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Inner::InMemory(body) => body.is_end_stream(),
            Inner::Stream { size, .. } => size.exact() == Some(0),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Inner::InMemory(body) => body.size_hint(),
            Inner::Stream { size, .. } => *size,
        }
    }
}

/// Shows no content: bodies contain personal data.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = http_body::Body::size_hint(self);
        f.debug_struct("Body")
            .field("size", &size.exact())
            .finish_non_exhaustive()
    }
}
