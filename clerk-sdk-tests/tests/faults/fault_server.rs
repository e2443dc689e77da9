//! An HTTP server on loopback that injects faults: a script decides what happens to each request.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the server does to one request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fault {
    /// No fault: responds with the user in the path.
    Healthy,
    /// No fault: responds with a page of a list.
    Page {
        /// The number of the first item.
        first: usize,
        count: usize,
        /// The total to report. Without one, the page is an array instead of an object.
        total: Option<i64>,
    },
    /// Responds with this status and header line.
    ErrorStatus(u16, &'static str),
    /// Closes the connection without a response.
    ClosedWithoutResponse,
    /// Closes the connection in the middle of the response's head.
    ClosedInHead,
    /// Closes the connection in the middle of the body.
    ClosedInBody,
    /// Closes the sending half of the connection in the middle of the body, and keeps reading.
    HalfClosedInBody,
    /// Never responds.
    NoResponse,
    /// Sends the body byte by byte, too slowly to ever complete.
    SlowBody,
    /// Sends a body without an end, as fast as it is read.
    EndlessBody,
    /// Sends something that is not HTTP.
    NotHttp,
    /// Responds with a body that is not JSON.
    HtmlBody,
}

/// A request that was received completely, and the fault that was injected.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct ReceivedRequest {
    pub(crate) method: String,
    /// The path, including the query.
    pub(crate) path: String,
    pub(crate) fault: Fault,
}

type Script = dyn Fn(&str, usize) -> Fault + Send + Sync;

/// A server that runs until the runtime of the test ends.
#[derive(Clone)]
pub(crate) struct FaultServer {
    pub(crate) url: String,
    script: Arc<Script>,
    requests: Arc<Mutex<Vec<ReceivedRequest>>>,
}

impl FaultServer {
    /// Starts the server. `script` takes the path of a request and its number, which counts from one.
    pub(crate) async fn start(
        script: impl Fn(&str, usize) -> Fault + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("the listener is bound");
        let server = Self {
            url: format!("http://{address}/v1"),
            script: Arc::new(script),
            requests: Arc::default(),
        };
        let accepting = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = accepting.clone();
                // A client may close the connection at any time, so errors are ignored.
                tokio::spawn(async move { drop(server.serve_connection(stream).await) });
            }
        });
        server
    }

    /// Returns all requests so far.
    pub(crate) fn requests(&self) -> Vec<ReceivedRequest> {
        let requests = self.requests.lock().expect("the lock is not poisoned");
        requests.clone()
    }

    /// Returns the number of requests so far.
    pub(crate) fn request_count(&self) -> usize {
        let requests = self.requests.lock().expect("the lock is not poisoned");
        requests.len()
    }

    async fn serve_connection(&self, mut stream: TcpStream) -> io::Result<()> {
        while let Some((method, path)) = read_request(&mut stream).await? {
            let fault = self.record(method, &path);
            let state = inject(fault, &path, &mut stream).await?;
            if state == ConnectionState::Finished {
                break;
            }
        }
        Ok(())
    }

    /// Records a request, and returns the fault to inject.
    fn record(&self, method: String, path: &str) -> Fault {
        let mut requests = self.requests.lock().expect("the lock is not poisoned");
        let fault = (self.script)(path, requests.len() + 1);
        requests.push(ReceivedRequest {
            method,
            path: path.to_owned(),
            fault,
        });
        fault
    }
}

/// Reads one request, and returns its method and path, or `None` if the client closed the connection.
async fn read_request(stream: &mut TcpStream) -> io::Result<Option<(String, String)>> {
    let mut request = Vec::new();
    loop {
        let received = String::from_utf8_lossy(&request);
        if let Some((head, body)) = received.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |it| it.parse().unwrap_or(0)) {
                let mut words = head.split(' ').map(str::to_owned);
                return Ok(words.next().zip(words.next()));
            }
        }
        if stream.read_buf(&mut request).await? == 0 {
            return Ok(None);
        }
    }
}

/// Whether a connection can be used for another request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum ConnectionState {
    Reusable,
    Finished,
}

/// A head that announces a longer body than the one that follows.
const INCOMPLETE_RESPONSE: &str = "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"id\"";

/// Responds to a request with the given fault.
async fn inject(fault: Fault, path: &str, stream: &mut TcpStream) -> io::Result<ConnectionState> {
    match fault {
        Fault::Healthy => return respond(stream, 200, "", &user_json(id_in(path))).await,
        Fault::Page {
            first,
            count,
            total,
        } => return respond(stream, 200, "", &page_json(first, count, total)).await,
        Fault::ErrorStatus(status, header) => return respond(stream, status, header, "{}").await,
        Fault::HtmlBody => return respond(stream, 200, "", "<html>hello</html>").await,
        Fault::ClosedWithoutResponse => {}
        Fault::ClosedInHead => write(stream, "HTTP/1.1 200 OK\r\ncontent-le").await?,
        Fault::ClosedInBody => write(stream, INCOMPLETE_RESPONSE).await?,
        Fault::HalfClosedInBody => {
            write(stream, INCOMPLETE_RESPONSE).await?;
            stream.shutdown().await?;
            while stream.read_buf(&mut Vec::new()).await? > 0 {}
        }
        Fault::NotHttp => write(stream, "220 mail.example.com ESMTP\r\n\r\n").await?,
        Fault::NoResponse => std::future::pending().await,
        Fault::SlowBody => {
            write(stream, "HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n").await?;
            loop {
                write(stream, " ").await?;
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        Fault::EndlessBody => {
            let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
            write(stream, head).await?;
            let chunk = format!("1000\r\n{}\r\n", " ".repeat(0x1000));
            loop {
                write(stream, &chunk).await?;
            }
        }
    }
    Ok(ConnectionState::Finished)
}

/// Returns the ID in a path such as `/v1/users/user_1/ban`.
fn id_in(path: &str) -> &str {
    path.split('/').nth(3).unwrap_or_default()
}

fn user_json(id: &str) -> String {
    format!("{{\"id\":\"{id}\"}}")
}

fn page_json(first: usize, count: usize, total: Option<i64>) -> String {
    let items = (first..first + count).map(|number| user_json(&format!("x_{number}")));
    let items = items.collect::<Vec<_>>().join(",");
    match total {
        Some(total) => format!("{{\"data\":[{items}],\"total_count\":{total}}}"),
        None => format!("[{items}]"),
    }
}

/// Sends a complete response.
async fn respond(
    stream: &mut TcpStream,
    status: u16,
    header: &str,
    body: &str,
) -> io::Result<ConnectionState> {
    let length = body.len();
    let head = format!("HTTP/1.1 {status} Status\r\ncontent-length: {length}\r\n{header}\r\n");
    write(stream, &(head + body)).await?;
    Ok(ConnectionState::Reusable)
}

async fn write(stream: &mut TcpStream, bytes: &str) -> io::Result<()> {
    stream.write_all(bytes.as_bytes()).await
}
