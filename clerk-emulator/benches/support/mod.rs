//! A bare server, a client that costs little, and what Linux knows of this process.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use axum::Router;
use axum::routing::any;
use serde_json::Value;
use tokio::sync::oneshot;

/// An axum server with one response, on a thread of its own like an emulator.
pub(crate) struct BareServer {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl BareServer {
    pub(crate) fn start(body: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        listener.set_nonblocking(true).expect("a socket");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel();
        let body = axum::body::Bytes::from(body.to_owned());
        let server = async move {
            let listener = tokio::net::TcpListener::from_std(listener).expect("a socket");
            let handler = any(move || {
                let body = body.clone();
                async move { ([("content-type", "application/json")], body) }
            });
            let router: Router = Router::new().fallback_service(handler);
            tokio::select! {
                _ = axum::serve(listener, router).into_future() => {}
                _ = stopped => {}
            }
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let runtime = runtime.expect("a runtime");
        let thread = thread::Builder::new().name("bare-server".to_owned());
        let thread = thread.spawn(move || runtime.block_on(server));
        Self {
            address,
            stop: Some(stop),
            thread: Some(thread.expect("a thread")),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for BareServer {
    fn drop(&mut self) {
        self.stop.take().map(|it| it.send(()));
        self.thread.take().map(JoinHandle::join);
    }
}

/// A connection that sends one request after the other.
pub(crate) struct Client {
    stream: BufReader<TcpStream>,
    key: String,
}

impl Client {
    pub(crate) fn connect(address: SocketAddr, key: &str) -> Self {
        let stream = TcpStream::connect(address).expect("a connection");
        stream.set_nodelay(true).expect("a socket");
        Self {
            stream: BufReader::new(stream),
            key: key.to_owned(),
        }
    }

    pub(crate) fn get_bytes(&mut self, path: &str) -> Vec<u8> {
        self.call("GET", path, "")
    }

    pub(crate) fn send(&mut self, method: &str, path: &str, body: &str) -> Value {
        let bytes = self.call(method, path, body);
        serde_json::from_slice(&bytes).expect("JSON")
    }

    fn call(&mut self, method: &str, path: &str, body: &str) -> Vec<u8> {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.key,
            body.len()
        );
        let sent = self.stream.get_mut().write_all(request.as_bytes());
        sent.expect("the server reads");
        let mut line = String::new();
        self.stream
            .read_line(&mut line)
            .expect("the server responds");
        assert!(line.starts_with("HTTP/1.1 200"), "{method} {path}: {line}");
        let mut length = 0;
        loop {
            line.clear();
            self.stream.read_line(&mut line).expect("a header");
            match line.trim_end().split_once(": ") {
                Some(("content-length", value)) => length = value.parse().expect("a number"),
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).expect("a body");
        body
    }
}

/// Returns the CPU time of the threads with a name.
pub(crate) fn cpu_of_threads(name: &str) -> Duration {
    let tasks = std::fs::read_dir("/proc/self/task").expect("Linux");
    let tasks = tasks.filter_map(|it| Some(it.ok()?.path()));
    let named = tasks.filter(|it| {
        let known = std::fs::read_to_string(it.join("comm"));
        known.is_ok_and(|known| known.trim() == name)
    });
    let times = named.filter_map(|it| {
        let text = std::fs::read_to_string(it.join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<u64>().ok()
    });
    Duration::from_nanos(times.sum())
}

/// Returns the memory that is resident now, and the most that has been.
pub(crate) fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let value = |name: &str| {
        let line = status.lines().find_map(|it| it.strip_prefix(name));
        let kilobytes = line.and_then(|it| it.trim().trim_end_matches(" kB").parse::<u64>().ok());
        kilobytes.unwrap_or_default() / 1000
    };
    format!(
        "resident {} MB (most {} MB)",
        value("VmRSS:"),
        value("VmHWM:")
    )
}
