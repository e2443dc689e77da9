//! HTTP/2 connections of the server. It writes its frames itself, because libraries do not send a `GOAWAY` that leaves
//! requests unprocessed.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::interruption::Interruption;
use crate::server::{Arrivals, Fate, ServerStream, USER};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const FRAME_HEAD: usize = 9;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;

const ACK: u8 = 1;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

const REFUSED_STREAM: u32 = 7;
const MAX_STREAM: u32 = u32::MAX >> 1;

struct Frame {
    kind: u8,
    flags: u8,
    stream: u32,
    payload: Vec<u8>,
}

/// A request that is under way.
struct Request {
    stream: u32,
    fate: Fate,
}

struct Connection<S> {
    stream: S,
    received: Vec<u8>,
    /// The requests without a response, which belong to one group.
    requests: Vec<Request>,
}

/// Serves one connection until it is closed.
pub(crate) async fn serve(stream: impl ServerStream, arrivals: &Arrivals) -> io::Result<()> {
    let mut connection = Connection {
        stream,
        received: Vec::new(),
        requests: Vec::new(),
    };
    connection.write_frame(SETTINGS, 0, 0, &[]).await?;
    loop {
        let group = connection.requests.first().map(|request| request.fate);
        tokio::select! {
            read = connection.stream.read_buf(&mut connection.received) => {
                if read? == 0 {
                    return Ok(());
                }
                while let Some(frame) = take_frame(&mut connection.received) {
                    connection.receive(&frame, arrivals).await?;
                }
            }
            fate = all_arrived(arrivals, group) => {
                if connection.finish(fate).await? == ConnectionState::Finished {
                    return Ok(());
                }
            }
        }
    }
}

/// Takes the first frame, if it has been received completely.
fn take_frame(received: &mut Vec<u8>) -> Option<Frame> {
    if received.starts_with(PREFACE) {
        received.drain(..PREFACE.len());
    }
    let (head, rest) = received.split_first_chunk::<FRAME_HEAD>()?;
    let [a, b, c, kind, flags, stream @ ..] = *head;
    let length = u32::from_be_bytes([0, a, b, c]) as usize;
    let frame = Frame {
        kind,
        flags,
        stream: u32::from_be_bytes(stream),
        payload: rest.get(..length)?.to_vec(),
    };
    received.drain(..FRAME_HEAD + length);
    Some(frame)
}

/// Waits until all requests of a group have arrived; forever if there is none.
async fn all_arrived(arrivals: &Arrivals, group: Option<Fate>) -> Fate {
    match group {
        Some(fate) => {
            arrivals.wait(fate).await;
            fate
        }
        None => std::future::pending().await,
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum ConnectionState {
    Usable,
    Finished,
}

impl<S: ServerStream> Connection<S> {
    async fn receive(&mut self, frame: &Frame, arrivals: &Arrivals) -> io::Result<()> {
        match (frame.kind, frame.flags & ACK) {
            (HEADERS, _) => {
                let (stream, fate) = (frame.stream, arrivals.add());
                self.requests.push(Request { stream, fate });
                Ok(())
            }
            (SETTINGS, 0) => self.write_frame(SETTINGS, ACK, 0, &[]).await,
            (PING, 0) => self.write_frame(PING, ACK, 0, &frame.payload).await,
            _ => Ok(()),
        }
    }

    /// Responds to the requests under way, or interrupts them.
    async fn finish(&mut self, fate: Fate) -> io::Result<ConnectionState> {
        let requests = std::mem::take(&mut self.requests);
        let streams: Vec<_> = requests.iter().map(|request| request.stream).collect();
        match fate.interruption {
            None => self.respond(&streams, 200, None).await?,
            Some(Interruption::Status(status, retry_after)) => {
                self.respond(&streams, status, retry_after).await?;
            }
            Some(Interruption::Reset) => return self.reset(),
            Some(Interruption::Closed) => return Ok(ConnectionState::Finished),
            Some(Interruption::Frozen) => return std::future::pending().await,
            Some(Interruption::RefusedStream) => {
                for stream in streams {
                    let code = REFUSED_STREAM.to_be_bytes();
                    self.write_frame(RST_STREAM, 0, stream, &code).await?;
                }
            }
            Some(Interruption::GoAway {
                error_code,
                processed,
                is_reset,
            }) => {
                let (processed, others) = streams.split_at(processed.count(streams.len()));
                // The last stream before those that were not processed: a client's streams have odd numbers.
                let last = others
                    .first()
                    .map_or(MAX_STREAM, |first| first.saturating_sub(2));
                let payload = [last.to_be_bytes(), error_code.to_be_bytes()].concat();
                self.write_frame(GOAWAY, 0, 0, &payload).await?;
                if is_reset {
                    return self.reset();
                }
                self.respond(processed, 200, None).await?;
            }
        }
        Ok(ConnectionState::Usable)
    }

    /// Has the connection end with a TCP reset, which is sent when the stream is dropped.
    fn reset(&self) -> io::Result<ConnectionState> {
        self.stream.tcp().set_zero_linger()?;
        Ok(ConnectionState::Finished)
    }

    async fn respond(
        &mut self,
        streams: &[u32],
        status: u16,
        retry_after: Option<&str>,
    ) -> io::Result<()> {
        // HPACK literals with indexed names: 8 is `:status`, and 53 is `retry-after`, written as 15 and a rest of 38.
        let mut fields = vec![8, 3];
        fields.extend(status.to_string().bytes());
        if let Some(wait) = retry_after {
            let length = u8::try_from(wait.len()).expect("a short value");
            fields.extend([15, 38, length]);
            fields.extend(wait.bytes());
        }
        for stream in streams {
            self.write_frame(HEADERS, END_HEADERS, *stream, &fields)
                .await?;
            self.write_frame(DATA, END_STREAM, *stream, USER.as_bytes())
                .await?;
        }
        Ok(())
    }

    async fn write_frame(
        &mut self,
        kind: u8,
        flags: u8,
        stream: u32,
        payload: &[u8],
    ) -> io::Result<()> {
        let length = u32::try_from(payload.len()).expect("a short payload");
        let mut frame = length.to_be_bytes()[1..].to_vec();
        frame.extend([kind, flags]);
        frame.extend(stream.to_be_bytes());
        frame.extend(payload);
        self.stream.write_all(&frame).await?;
        // TLS keeps what the socket did not accept.
        self.stream.flush().await
    }
}
