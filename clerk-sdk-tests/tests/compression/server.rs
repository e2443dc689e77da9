//! A server whose responses have a content encoding.

use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use clerk_sdk::{ClientConfig, RetryPolicy, user};
use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub(crate) const USER: &str = r#"{"id":"user_1","first_name":"Ada","created_at":1700000000000}"#;

pub(crate) fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).expect("memory is writable");
    encoder.finish().expect("memory is writable")
}

/// A response with a content encoding.
#[derive(Clone)]
pub(crate) struct Compressed {
    status: u16,
    encoding: &'static str,
    body: Vec<u8>,
    framing: Framing,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Framing {
    ContentLength,
    /// Chunked transfer, with one byte in each chunk.
    SingleBytes,
    /// A `Content-Length` that the body does not reach, because the connection is closed before.
    BrokenOff,
}

impl Compressed {
    pub(crate) fn gzip(body: Vec<u8>) -> Self {
        Self {
            status: 200,
            encoding: "gzip",
            body,
            framing: Framing::ContentLength,
        }
    }

    pub(crate) fn status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    pub(crate) fn framing(self, framing: Framing) -> Self {
        Self { framing, ..self }
    }

    pub(crate) fn encoding(self, encoding: &'static str) -> Self {
        Self { encoding, ..self }
    }

    fn to_bytes(&self) -> Vec<u8> {
        let Self {
            status,
            encoding,
            body,
            framing,
        } = self;
        let length = match framing {
            Framing::ContentLength => format!("content-length: {}", body.len()),
            Framing::SingleBytes => "transfer-encoding: chunked".to_owned(),
            Framing::BrokenOff => format!("content-length: {}", body.len() + 1),
        };
        let head = format!(
            "HTTP/1.1 {status} Status\r\ncontent-encoding: {encoding}\r\nclerk-trace-id: trace_1\r\n{length}\r\n\r\n"
        );
        let body = match framing {
            Framing::SingleBytes => {
                let chunks = body
                    .iter()
                    .flat_map(|byte| [b'1', b'\r', b'\n', *byte, b'\r', b'\n']);
                chunks.chain(*b"0\r\n\r\n").collect()
            }
            Framing::ContentLength | Framing::BrokenOff => body.clone(),
        };
        [head.into_bytes(), body].concat()
    }
}

/// A server that sends the responses in order, and the last one again and again.
pub(crate) struct Server {
    url: String,
    requests: Arc<Mutex<Vec<String>>>,
    pub(crate) connections: Arc<AtomicUsize>,
}

impl Server {
    pub(crate) async fn start(responses: impl IntoIterator<Item = Compressed>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("the listener is bound");
        let requests = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(AtomicUsize::new(0));
        let (log, opened) = (requests.clone(), connections.clone());
        let responses: Arc<[_]> = responses.into_iter().collect();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                opened.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(stream, log.clone(), responses.clone()));
            }
        });
        Self {
            url: format!("http://{address}/v1"),
            requests,
            connections,
        }
    }

    /// A configuration that retries at once.
    pub(crate) fn config(&self) -> ClientConfig {
        let policy = RetryPolicy::new().backoff(Duration::ZERO, Duration::ZERO);
        ClientConfig::new("sk_test_1")
            .base_url(&self.url)
            .retry(policy)
    }

    pub(crate) fn users(&self) -> user::Client {
        user::Client::new(self.config())
    }

    /// The values of a header of all requests, in lower case.
    pub(crate) fn header(&self, name: &str) -> Vec<String> {
        let requests = self.requests.lock().expect("the mutex is not poisoned");
        let lines = requests.iter().flat_map(|request| request.lines());
        let fields = lines.filter_map(|line| line.split_once(": "));
        fields
            .filter(|(field, _)| field.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.to_owned())
            .collect()
    }
}

async fn serve(mut stream: TcpStream, log: Arc<Mutex<Vec<String>>>, responses: Arc<[Compressed]>) {
    let mut request = Vec::new();
    while let Ok(1..) = stream.read_buf(&mut request).await {
        if !request.ends_with(b"\r\n\r\n") {
            continue;
        }
        let number = {
            let mut log = log.lock().expect("the mutex is not poisoned");
            log.push(String::from_utf8_lossy(&request).into_owned());
            log.len().min(responses.len()) - 1
        };
        request.clear();
        let response = &responses[number];
        let is_sent = stream.write_all(&response.to_bytes()).await;
        if is_sent.is_err() || matches!(response.framing, Framing::BrokenOff) {
            return;
        }
    }
}
