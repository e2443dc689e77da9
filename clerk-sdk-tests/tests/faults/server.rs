//! A server that plays faults: each request meets the one that a script names for it.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What happens to one request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fault {
    /// None: the user who was asked for.
    Served,
    Status(u16, &'static str),
    /// The connection is closed before an answer.
    Closed,
    /// The connection is closed in the middle of the answer's head.
    HeadCut,
    /// The connection is closed in the middle of the body.
    BodyCut,
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

type Script = dyn Fn(&str, usize) -> Fault + Send + Sync;

/// Listens on loopback until its runtime ends.
#[derive(Clone)]
pub(crate) struct FaultServer {
    pub(crate) url: String,
    requests: Arc<AtomicUsize>,
    script: Arc<Script>,
    paths: Arc<Mutex<Vec<String>>>,
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
            requests: Arc::default(),
            script: Arc::new(script),
            paths: Arc::default(),
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

    pub(crate) fn count(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    /// Answers the requests of one connection.
    async fn serve(&self, mut stream: TcpStream) -> io::Result<()> {
        while let Some(path) = read_request(&mut stream).await? {
            let number = self.requests.fetch_add(1, Ordering::SeqCst) + 1;
            let fault = (self.script)(&path, number);
            self.paths
                .lock()
                .expect("no test panicked here")
                .push(path.clone());
            if !play(fault, &path, &mut stream).await? {
                break;
            }
        }
        Ok(())
    }
}

/// Reads one request; its path, or nothing where the connection has ended.
async fn read_request(stream: &mut TcpStream) -> io::Result<Option<String>> {
    let mut request = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&request);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |it| it.parse().unwrap_or(0)) {
                return Ok(head.split(' ').nth(1).map(str::to_owned));
            }
        }
        if stream.read_buf(&mut request).await? == 0 {
            return Ok(None);
        }
    }
}

/// Plays a fault; false where the connection is of no more use.
async fn play(fault: Fault, path: &str, stream: &mut TcpStream) -> io::Result<bool> {
    let id = path.rsplit('/').next().unwrap_or_default();
    let user = format!("{{\"id\":\"{id}\"}}");
    match fault {
        Fault::Served => answer(stream, 200, "", &user).await,
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
