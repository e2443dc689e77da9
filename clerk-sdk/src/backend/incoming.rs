//! An answer as it comes in: its head, and its body up to a limit.

use bytes::{Buf, BufMut, Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, response};

use super::BackendError;

/// More than this is not set aside on the word of a header alone.
const MOST_SET_ASIDE: u64 = 4 * 1024 * 1024;

/// An answer that has not arrived whole.
pub(super) struct Incoming {
    head: response::Parts,
    body: BytesMut,
    limit: usize,
}

impl Incoming {
    /// With room for as many bytes as are `announced`.
    pub(super) fn new(mut head: response::Parts, announced: Option<u64>, limit: usize) -> Self {
        let room = announced.unwrap_or_default().min(MOST_SET_ASIDE);
        let room = usize::try_from(room).unwrap_or_default().min(limit);
        let body = detach(&mut head.headers, room);
        Self { head, body, limit }
    }

    /// Takes more of the body.
    ///
    /// # Errors
    ///
    /// Where that is more than may be read: what fits is kept.
    pub(super) fn push(&mut self, data: impl Buf) -> Result<(), BackendError> {
        let room = self.limit - self.body.len();
        let is_too_long = data.remaining() > room;
        self.body.put(data.take(room));
        match is_too_long {
            true => Err(BackendError::too_long(self.limit)),
            false => Ok(()),
        }
    }

    pub(super) fn finish(self) -> http::Response<Bytes> {
        http::Response::from_parts(self.head, self.body.freeze())
    }
}

/// Moves the headers into memory of the answer's own, and gives what is set aside there for `more` bytes: the
/// body, which is kept with them.
///
/// As they come, each holds on to the buffer that everything was read into: the connection would have to get
/// itself a new one for each answer, and an answer that is kept would keep one.
fn detach(headers: &mut HeaderMap, more: usize) -> BytesMut {
    let length: usize = headers.values().map(HeaderValue::len).sum();
    let mut memory = BytesMut::with_capacity(length + more);
    for value in headers.values() {
        memory.extend_from_slice(value.as_bytes());
    }
    let mut text = memory.split().freeze();
    for value in headers.values_mut() {
        let own = HeaderValue::from_maybe_shared(text.split_to(value.len()));
        if let Ok(mut own) = own {
            own.set_sensitive(value.is_sensitive());
            *value = own;
        }
    }
    memory
}
