//! Reading a response body up to a size limit, and keeping what was received if it breaks off.

use bytes::{Buf, BufMut, Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, response};
use http_body::Body as _;
use http_body_util::BodyExt;

use super::body::Body;
use super::error::BackendError;

/// The most memory that is reserved on the strength of `Content-Length` alone.
const MAX_RESERVED: u64 = 4 * 1024 * 1024;

/// Reads the body up to the limit; an error keeps the part that was received before it.
pub(crate) async fn read_response(
    response: http::Response<Body>,
    limit: usize,
) -> Result<http::Response<Bytes>, BackendError> {
    let (head, mut body) = response.into_parts();
    let mut partial = PartialResponse::new(head, body.size_hint().exact(), limit);
    let problem = loop {
        let received = match body.frame().await {
            None => return Ok(partial.finish()),
            Some(Err(error)) => Err(error),
            Some(Ok(frame)) => match frame.into_data() {
                Ok(data) => partial.push(data),
                // The API does not use trailers.
                Err(_) => Ok(()),
            },
        };
        if let Err(problem) = received {
            break problem;
        }
    };
    Err(problem.with_partial(partial.finish()))
}

/// A response whose body is still being received.
struct PartialResponse {
    head: response::Parts,
    body: BytesMut,
    limit: usize,
}

impl PartialResponse {
    /// Reserves memory for `content_length` bytes, within the limits.
    fn new(mut head: response::Parts, content_length: Option<u64>, limit: usize) -> Self {
        let reserved = content_length.unwrap_or_default().min(MAX_RESERVED);
        let reserved = usize::try_from(reserved).unwrap_or_default().min(limit);
        let body = detach(&mut head.headers, reserved);
        Self { head, body, limit }
    }

    /// Appends a chunk of the body.
    ///
    /// # Errors
    ///
    /// Returns an error if the body exceeds the limit; the part within the limit is kept.
    fn push(&mut self, chunk: impl Buf) -> Result<(), BackendError> {
        let remaining = self.limit - self.body.len();
        let is_too_large = chunk.remaining() > remaining;
        self.body.put(chunk.take(remaining));
        match is_too_large {
            true => Err(BackendError::body_too_large(self.limit)),
            false => Ok(()),
        }
    }

    fn finish(self) -> http::Response<Bytes> {
        http::Response::from_parts(self.head, self.body.freeze())
    }
}

/// Copies the header values into one allocation of their own, and returns `reserved` bytes of it for the body,
/// which lives as long as they do.
///
/// As received, each value keeps the connection's whole read buffer alive: the connection would have to allocate a
/// new one for each response, and a response that is kept would keep one.
fn detach(headers: &mut HeaderMap, reserved: usize) -> BytesMut {
    let length: usize = headers.values().map(HeaderValue::len).sum();
    let mut memory = BytesMut::with_capacity(length + reserved);
    for value in headers.values() {
        memory.extend_from_slice(value.as_bytes());
    }
    let mut values = memory.split().freeze();
    for value in headers.values_mut() {
        let copy = HeaderValue::from_maybe_shared(values.split_to(value.len()));
        if let Ok(mut copy) = copy {
            copy.set_sensitive(value.is_sensitive());
            *value = copy;
        }
    }
    memory
}
