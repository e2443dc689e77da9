//! Reading a response body up to a size limit, and keeping what was received if it breaks off or stalls.

use bytes::{Buf, BufMut, Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, StatusCode, response};
use http_body::Body as _;
use http_body_util::BodyExt;

use super::body::Body;
use super::error::BackendError;

/// The most memory that is reserved on the strength of `Content-Length` alone.
const MAX_RESERVED: u64 = 4 * 1024 * 1024;

/// Reads the body of a response. What was received by then is kept whenever reading ends.
pub(crate) struct ResponseReader {
    received: PartialResponse,
    body: Body,
}

impl ResponseReader {
    /// Reads at most `limit` bytes.
    pub(crate) fn new(response: http::Response<Body>, limit: usize) -> Self {
        let (head, body) = response.into_parts();
        let received = PartialResponse::new(head, body.size_hint().exact(), limit);
        Self { received, body }
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.received.head.status
    }

    /// Reads the rest of the body.
    pub(crate) async fn read(&mut self) -> Result<(), BackendError> {
        while let Some(frame) = self.body.frame().await {
            // The API does not use trailers.
            if let Ok(data) = frame?.into_data() {
                self.received.push(data)?;
            }
        }
        Ok(())
    }

    /// Returns the response with the part of the body that was read.
    pub(crate) fn finish(self) -> http::Response<Bytes> {
        self.received.finish()
    }
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
