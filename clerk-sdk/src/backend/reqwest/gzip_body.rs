//! Decoding of gzip responses (feature `gzip`). `reqwest` can decode them too, but its feature would switch that on for
//! every client of the program.

use std::io::{self, BufRead, ErrorKind, Read};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes, BytesMut};
use flate2::bufread::MultiGzDecoder;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap, HeaderValue};
use http_body::{Body as _, Frame};
use tokio::task::coop;

use super::received_body::ReceivedBody;
use crate::backend::body::Body;
use crate::backend::error::BackendError;

/// The size of the chunks that a body is decoded in.
const CHUNK_SIZE: usize = 16 * 1024;

/// The value of `Accept-Encoding`.
pub(super) const ACCEPTED: HeaderValue = HeaderValue::from_static("gzip");

/// Decodes the body of a response if it is compressed with gzip, and leaves any other as it is.
pub(super) fn decode(response: http::Response<ReceivedBody>) -> http::Response<Body> {
    let (mut head, body) = response.into_parts();
    let body = match is_gzip(&head.headers) {
        true => {
            // They describe the compressed body.
            head.headers.remove(CONTENT_ENCODING);
            head.headers.remove(CONTENT_LENGTH);
            Body::from_stream(GzipBody::new(body))
        }
        false => Body::from_stream(body),
    };
    http::Response::from_parts(head, body)
}

fn is_gzip(headers: &HeaderMap) -> bool {
    let mut encodings = headers.get_all(CONTENT_ENCODING).iter();
    let (first, second) = (encodings.next(), encodings.next());
    first.is_some_and(names_gzip) && second.is_none()
}

fn names_gzip(encoding: &HeaderValue) -> bool {
    let name = encoding.as_bytes();
    name.eq_ignore_ascii_case(b"gzip") || name.eq_ignore_ascii_case(b"x-gzip")
}

/// The decoded body of a gzip response, in small chunks: its reader decides how much of a large one it takes.
struct GzipBody {
    compressed: ReceivedBody,
    decoder: MultiGzDecoder<Received>,
    output: BytesMut,
    /// The error that ended the compressed body. It is returned when everything before it has been decoded.
    failure: Option<BackendError>,
}

impl GzipBody {
    fn new(compressed: ReceivedBody) -> Self {
        Self {
            compressed,
            decoder: MultiGzDecoder::new(Received::default()),
            output: BytesMut::new(),
            failure: None,
        }
    }

    fn poll_decoded(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, BackendError>>> {
        loop {
            self.output.resize(CHUNK_SIZE, 0);
            match self.decoder.read(&mut self.output) {
                Ok(0) => return Poll::Ready(self.failure.take().map(Err)),
                Ok(length) => {
                    let chunk = self.output.split_to(length).freeze();
                    return Poll::Ready(Some(Ok(chunk)));
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    ready!(self.poll_received(context));
                }
                Err(error) => {
                    // Responses without content, such as 204, may have the header all the same.
                    let is_empty = !self.decoder.get_ref().has_content;
                    let invalid = (!is_empty).then(|| invalid_gzip(&error));
                    return Poll::Ready(self.failure.take().or(invalid).map(Err));
                }
            }
        }
    }

    /// Passes the next chunk of the compressed body, or its end, to the decoder.
    fn poll_received(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let frame = ready!(Pin::new(&mut self.compressed).poll_frame(context));
        let received = self.decoder.get_mut();
        match frame {
            // The API does not use trailers.
            Some(Ok(frame)) => received.push(frame.into_data().unwrap_or_default()),
            Some(Err(error)) => {
                self.failure = Some(error);
                received.is_complete = true;
            }
            None => received.is_complete = true,
        }
        Poll::Ready(())
    }
}

impl http_body::Body for GzipBody {
    type Data = Bytes;
    type Error = BackendError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BackendError>>> {
        // What was received at once can be a thousand times as large when it is decoded: time limits and other tasks
        // get their turn in between.
        let budget = ready!(coop::poll_proceed(context));
        let chunk = ready!(self.get_mut().poll_decoded(context));
        budget.made_progress();
        Poll::Ready(chunk.map(|chunk| chunk.map(Frame::data)))
    }
}

/// The error of a body that is truncated or corrupt.
fn invalid_gzip(error: &io::Error) -> BackendError {
    BackendError::new(format!(
        "the gzip encoding of the body is not valid: {error}"
    ))
}

/// What was received and not decoded yet. If there is nothing, reading would block.
#[derive(Default)]
struct Received {
    chunk: Bytes,
    is_complete: bool,
    /// Whether the body had any content so far.
    has_content: bool,
}

impl Received {
    /// Adds a chunk when the one before has been decoded.
    fn push(&mut self, chunk: Bytes) {
        self.has_content |= !chunk.is_empty();
        self.chunk = chunk;
    }
}

impl BufRead for Received {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match self.chunk.is_empty() && !self.is_complete {
            true => Err(ErrorKind::WouldBlock.into()),
            false => Ok(&self.chunk),
        }
    }

    fn consume(&mut self, length: usize) {
        self.chunk.advance(length);
    }
}

impl Read for Received {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.fill_buf()?.read(buffer)?;
        self.consume(length);
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::io::Write;
    use std::pin::Pin;
    use std::task::Poll;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use http_body::Body;

    use super::{CHUNK_SIZE, GzipBody, ReceivedBody};

    #[tokio::test]
    async fn decoding_a_large_body_lets_other_tasks_run() {
        const CHUNKS: usize = 1_000;
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        let content = vec![0; CHUNKS * CHUNK_SIZE];
        encoder.write_all(&content).expect("memory is writable");
        let compressed = encoder.finish().expect("memory is writable");
        let response = reqwest::Response::from(http::Response::new(compressed));
        let mut body = GzipBody::new(ReceivedBody::new(response));

        let decoded_at_once = poll_fn(|context| {
            let mut chunks = 0;
            while let Poll::Ready(Some(chunk)) = Pin::new(&mut body).poll_frame(context) {
                chunk.expect("the body is valid");
                chunks += 1;
            }
            Poll::Ready(chunks)
        })
        .await;
        assert!(
            (1..CHUNKS / 2).contains(&decoded_at_once),
            "{decoded_at_once}"
        );
    }
}
