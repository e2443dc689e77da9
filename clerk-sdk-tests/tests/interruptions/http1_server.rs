//! HTTP/1.1 connections of the server: one request at a time on each.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::interruption::Interruption;
use crate::server::{Arrivals, USER};

/// Serves one connection until it is closed.
pub(crate) async fn serve(mut stream: TcpStream, arrivals: &Arrivals) -> io::Result<()> {
    while read_request(&mut stream).await? {
        let fate = arrivals.add();
        arrivals.wait(fate).await;
        match fate.interruption {
            None => respond(&mut stream, 200, None).await?,
            Some(Interruption::Status(status, retry_after)) => {
                respond(&mut stream, status, retry_after).await?;
            }
            // The reset is sent when the stream is dropped.
            Some(Interruption::Reset) => return stream.set_zero_linger(),
            Some(Interruption::Closed) => return Ok(()),
            Some(other) => panic!("{other:?} needs HTTP/2"),
        }
    }
    Ok(())
}

/// Reads one request, which has no body; returns false if the client closed the connection.
async fn read_request(stream: &mut TcpStream) -> io::Result<bool> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        if stream.read_buf(&mut request).await? == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn respond(stream: &mut TcpStream, status: u16, retry_after: Option<&str>) -> io::Result<()> {
    let retry_after = retry_after.map(|wait| format!("retry-after: {wait}\r\n"));
    let header = retry_after.unwrap_or_default();
    let length = USER.len();
    let response =
        format!("HTTP/1.1 {status} Status\r\ncontent-length: {length}\r\n{header}\r\n{USER}");
    stream.write_all(response.as_bytes()).await
}
