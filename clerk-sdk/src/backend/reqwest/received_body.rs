//! The body of a response of `reqwest`, with its errors converted.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use super::convert_error::convert_error;
use crate::backend::error::BackendError;

/// A response body that is being received.
pub(super) struct ReceivedBody(reqwest::Body);

impl ReceivedBody {
    pub(super) fn new(body: reqwest::Body) -> Self {
        Self(body)
    }
}

impl Body for ReceivedBody {
    type Data = Bytes;
    type Error = BackendError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BackendError>>> {
        let frame = Pin::new(&mut self.0).poll_frame(context);
        frame.map(|frame| frame.map(|result| result.map_err(convert_error)))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}
