//! A minimal HTTP server on its own thread, so that its CPU time is not part of the measurement.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::single_thread::current_thread_runtime;

/// Responds to every request with the body that `respond` returns for the request line. Returns the base URL.
pub(crate) fn serve(respond: impl Fn(&str) -> Arc<str> + Send + Sync + 'static) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!(
        "http://{}/v1",
        listener.local_addr().expect("the listener is bound")
    );
    listener
        .set_nonblocking(true)
        .expect("the socket option is set");
    std::thread::spawn(move || {
        current_thread_runtime().block_on(accept(listener, Arc::new(respond)))
    });
    url
}

async fn accept(
    listener: std::net::TcpListener,
    respond: Arc<impl Fn(&str) -> Arc<str> + Send + Sync + 'static>,
) {
    let listener = TcpListener::from_std(listener).expect("a runtime");
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        tokio::spawn(serve_connection(stream, respond.clone()));
    }
}

/// Serves one connection. The requests have no body and are not pipelined.
async fn serve_connection(mut stream: TcpStream, respond: Arc<impl Fn(&str) -> Arc<str>>) {
    stream.set_nodelay(true).expect("the socket option is set");
    let mut request = Vec::new();
    while stream
        .read_buf(&mut request)
        .await
        .is_ok_and(|read| read > 0)
    {
        if !request.ends_with(b"\r\n\r\n") {
            continue;
        }
        let text = String::from_utf8_lossy(&request);
        let body = respond(text.lines().next().unwrap_or_default());
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        request.clear();
        let response = [head.as_bytes(), body.as_bytes()].concat();
        if stream.write_all(&response).await.is_err() {
            break;
        }
    }
}
