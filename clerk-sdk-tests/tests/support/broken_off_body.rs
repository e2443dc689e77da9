//! A response body that breaks off.

use bytes::Bytes;
use clerk_sdk::{BackendError, Body};
use futures_util::stream;
use http_body::Frame;
use http_body_util::StreamBody;

/// Creates a body that consists of `received`, followed by an error.
pub(crate) fn broken_off_body(received: &'static str, error: BackendError) -> Body {
    let received = Frame::data(Bytes::from_static(received.as_bytes()));
    Body::new(StreamBody::new(stream::iter([Ok(received), Err(error)])))
}
