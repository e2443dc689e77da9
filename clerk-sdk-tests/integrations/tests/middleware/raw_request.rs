//! Requests over a plain socket, because an HTTP client would normalize their paths.

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::app::App;

/// Sends a request and returns the status and the body.
pub(crate) async fn send_raw(app: &App, method: &str, path: &str) -> (u16, String) {
    let address = app.url.trim_start_matches("http://");
    let mut socket = tokio::net::TcpStream::connect(address)
        .await
        .expect("a connection");
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: text/plain\r\n\
         content-length: 0\r\n\r\n"
    );
    socket
        .write_all(request.as_bytes())
        .await
        .expect("a sent request");
    let mut response = String::new();
    socket
        .read_to_string(&mut response)
        .await
        .expect("a response");
    let status = response
        .split(' ')
        .nth(1)
        .and_then(|it| it.parse().ok())
        .expect("a status");
    let body = response
        .split_once("\r\n\r\n")
        .map(|(_, body)| body.to_owned());
    (status, body.unwrap_or_default())
}
