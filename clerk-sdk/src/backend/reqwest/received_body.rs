//! The body of a response of `reqwest`, with its errors converted.

use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use super::convert_error::convert_error;
use crate::backend::error::BackendError;

/// A response whose body is being received. It is read by `chunk`, because a conversion to a body would be boxed.
pub(super) struct ReceivedBody(reqwest::Response);

impl ReceivedBody {
    pub(super) fn new(response: reqwest::Response) -> Self {
        Self(response)
    }
}

impl Body for ReceivedBody {
    type Data = Bytes;
    type Error = BackendError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BackendError>>> {
        // The future keeps nothing of its own, so that each poll can start with a new one.
        let chunk = ready!(pin!(self.0.chunk()).poll(context));
        Poll::Ready(match chunk {
            Ok(chunk) => chunk.map(|chunk| Ok(Frame::data(chunk))),
            Err(error) => Some(Err(convert_error(error))),
        })
    }

    fn size_hint(&self) -> SizeHint {
        self.0
            .content_length()
            .map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}
