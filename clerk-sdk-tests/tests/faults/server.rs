//! A server that plays faults: each request meets the one that a script names for it.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What happens to one request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fault {
    /// None: the user who was asked for.
    Served,
    /// A page of a list: so many users from such a place on, in an object where there is a total.
    Page(usize, usize, Option<i64>),
    Status(u16, &'static str),
    /// The connection is closed before an answer.
    Closed,
    /// The connection is closed in the middle of the answer's head.
    HeadCut,
    /// The connection is closed in the middle of the body.
    BodyCut,
    /// The server says nothing more in the middle of the body, though it still reads.
    HalfClosed,
    /// There is never an answer.
    Silence,
    /// The body comes byte by byte and has no end in time.
    Trickle,
    /// The body has no end and comes as fast as it is read.
    Endless,
    /// The answer is not HTTP.
    Garbage,
    /// The answer is not JSON.
    Html,
}

/// A request that was received whole, and what happened to it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Received {
    pub(crate) method: String,
    /// With its query.
    pub(crate) path: String,
    pub(crate) fault: Fault,
}

type Script = dyn Fn(&str, usize) -> Fault + Send + Sync;

/// Listens on loopback until its runtime ends.
#[derive(Clone)]
pub(crate) struct FaultServer {
    pub(crate) url: String,
    script: Arc<Script>,
    received: Arc<Mutex<Vec<Received>>>,
}

impl FaultServer {
    /// `script` names the fault for a path and for how many requests there were for any, this one included.
    pub(crate) async fn start(
        script: impl Fn(&str, usize) -> Fault + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/v1", listener.local_addr().expect("it is bound"));
        let server = Self {
            url,
            script: Arc::new(script),
            received: Arc::default(),
        };
        let serving = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = serving.clone();
                // A peer that leaves is no fault of the server.
                tokio::spawn(async move { drop(server.serve(stream).await) });
            }
        });
        server
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().expect("no test panicked here").clone()
    }

    pub(crate) fn count(&self) -> usize {
        self.received.lock().expect("no test panicked here").len()
    }

    /// Answers the requests of one connection.
    async fn serve(&self, mut stream: TcpStream) -> io::Result<()> {
        while let Some((method, path)) = read_request(&mut stream).await? {
            let fault = self.note(method, &path);
            if !play(fault, &path, &mut stream).await? {
                break;
            }
        }
        Ok(())
    }

    /// Notes a request, and asks the script what happens to it.
    fn note(&self, method: String, path: &str) -> Fault {
        let mut received = self.received.lock().expect("no test panicked here");
        let fault = (self.script)(path, received.len() + 1);
        received.push(Received {
            method,
            path: path.to_owned(),
            fault,
        });
        fault
    }
}

/// Reads one request; its method and path, or nothing where the connection has ended.
async fn read_request(stream: &mut TcpStream) -> io::Result<Option<(String, String)>> {
    let mut request = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&request);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
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

/// Plays a fault; false where the connection is of no more use.
async fn play(fault: Fault, path: &str, stream: &mut TcpStream) -> io::Result<bool> {
    match fault {
        Fault::Served => answer(stream, 200, "", &user(id_in(path))).await,
        Fault::Page(from, count, total) => answer(stream, 200, "", &page(from, count, total)).await,
        Fault::Status(status, header) => answer(stream, status, header, "{}").await,
        Fault::Html => answer(stream, 200, "", "<html>hello</html>").await,
        Fault::Closed => Ok(false),
        Fault::HeadCut => write(stream, "HTTP/1.1 200 OK\r\ncontent-le").await,
        Fault::BodyCut => {
            write(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"id\"",
            )
            .await
        }
        Fault::HalfClosed => {
            write(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"id\"",
            )
            .await?;
            stream.shutdown().await?;
            while stream.read_buf(&mut Vec::new()).await? > 0 {}
            Ok(false)
        }
        Fault::Garbage => write(stream, "220 mail.example.com ESMTP\r\n\r\n").await,
        Fault::Silence => std::future::pending().await,
        Fault::Trickle => {
            write(stream, "HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n").await?;
            loop {
                write(stream, " ").await?;
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        Fault::Endless => {
            write(
                stream,
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
            )
            .await?;
            let chunk = format!("1000\r\n{}\r\n", " ".repeat(0x1000));
            loop {
                write(stream, &chunk).await?;
            }
        }
    }
}

/// The id in a path such as `/v1/users/user_1/ban`.
fn id_in(path: &str) -> &str {
    path.split('/').nth(3).unwrap_or_default()
}

fn user(id: &str) -> String {
    format!("{{\"id\":\"{id}\"}}")
}

fn page(from: usize, count: usize, total: Option<i64>) -> String {
    let users = (from..from + count).map(|place| user(&format!("x_{place}")));
    let users = users.collect::<Vec<_>>().join(",");
    match total {
        Some(total) => format!("{{\"data\":[{users}],\"total_count\":{total}}}"),
        None => format!("[{users}]"),
    }
}

async fn answer(stream: &mut TcpStream, status: u16, header: &str, body: &str) -> io::Result<bool> {
    let length = body.len();
    let head = format!("HTTP/1.1 {status} Told\r\ncontent-length: {length}\r\n{header}\r\n");
    stream.write_all((head + body).as_bytes()).await?;
    Ok(true)
}

async fn write(stream: &mut TcpStream, text: &str) -> io::Result<bool> {
    stream.write_all(text.as_bytes()).await?;
    Ok(false)
}
