//! What the tests share: a backend that records and answers, and a socket that answers raw bytes.
#![allow(dead_code, reason = "each test program uses its part of this")]

use std::sync::{Arc, Mutex};

use clerk_sdk::{Backend, BackendFuture, ClientConfig, RetryPolicy};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Answers every request in one way, and keeps what it was sent.
#[derive(Clone)]
pub(crate) struct Recorder {
    answer: Arc<dyn Fn() -> http::Response<bytes::Bytes> + Send + Sync>,
    requests: Arc<Mutex<Vec<http::Request<bytes::Bytes>>>>,
}

impl Recorder {
    pub(crate) fn answering(status: u16, body: impl Into<bytes::Bytes>) -> Self {
        let body = body.into();
        Self::with(move || {
            let mut response = http::Response::new(body.clone());
            *response.status_mut() = status.try_into().expect("a status");
            response
        })
    }

    pub(crate) fn with(
        answer: impl Fn() -> http::Response<bytes::Bytes> + Send + Sync + 'static,
    ) -> Self {
        Self {
            answer: Arc::new(answer),
            requests: Arc::default(),
        }
    }

    pub(crate) fn config(&self) -> ClientConfig {
        ClientConfig::new("sk_test_recorder")
            .backend(self.clone())
            .retry(RetryPolicy::none())
    }

    pub(crate) fn requests(&self) -> Vec<http::Request<bytes::Bytes>> {
        self.requests.lock().expect("no test panicked here").clone()
    }

    /// The one request that was sent.
    pub(crate) fn only(&self) -> http::Request<bytes::Bytes> {
        let mut requests = self.requests();
        assert_eq!(requests.len(), 1, "one request was sent");
        requests.remove(0)
    }

    /// The one request's body.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(self.only().body()).expect("the body is JSON")
    }
}

impl Backend for Recorder {
    fn send(&self, request: http::Request<bytes::Bytes>) -> BackendFuture<'_> {
        self.requests
            .lock()
            .expect("no test panicked here")
            .push(request);
        Box::pin(async { Ok((self.answer)()) })
    }
}

/// Answers each connection with these bytes and closes it; gives the address, and what was read.
pub(crate) async fn raw_server(answer: &'static [u8]) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}/v1", listener.local_addr().expect("it is bound"));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = seen.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = vec![0; 64 * 1024];
            let length = stream.read(&mut head).await.unwrap_or(0);
            head.truncate(length);
            let text = String::from_utf8_lossy(&head).into_owned();
            log.lock().expect("no test panicked here").push(text);
            let _ = stream.write_all(answer).await;
            let _ = stream.shutdown().await;
        }
    });
    (url, seen)
}

/// The most memory this process ever had, in bytes; `None` where no system file tells.
pub(crate) fn peak() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: usize = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}
