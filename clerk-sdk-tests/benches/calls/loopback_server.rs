//! A server that does as little as it can, on a thread of its own: what it costs is not measured.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Answers every request with the body that `answer` makes of its first line; gives the address.
pub(crate) fn serve(answer: impl Fn(&str) -> Arc<str> + Send + Sync + 'static) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}/v1", listener.local_addr().expect("it is bound"));
    listener.set_nonblocking(true).expect("it can be");
    std::thread::spawn(move || {
        super::current_thread().block_on(accept(listener, Arc::new(answer)))
    });
    url
}

async fn accept(
    listener: std::net::TcpListener,
    answer: Arc<impl Fn(&str) -> Arc<str> + Send + Sync + 'static>,
) {
    let listener = TcpListener::from_std(listener).expect("a runtime");
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        tokio::spawn(exchange(stream, answer.clone()));
    }
}

/// Requests have no body, and none is sent before the one before it is answered.
async fn exchange(mut stream: TcpStream, answer: Arc<impl Fn(&str) -> Arc<str>>) {
    stream.set_nodelay(true).expect("it can be");
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
        let body = answer(text.lines().next().unwrap_or_default());
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        request.clear();
        let sent = [head.as_bytes(), body.as_bytes()].concat();
        if stream.write_all(&sent).await.is_err() {
            break;
        }
    }
}
