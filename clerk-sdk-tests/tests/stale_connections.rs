//! Tests of connections that the server closes while the process cannot notice: it is frozen, or its only thread is
//! blocked. No call may be written to such a connection.

use std::io::{BufRead, BufReader, Read, Write, copy, sink};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use clerk_sdk::reqwest_013::ReqwestBackend;
use clerk_sdk::{ClientConfig, RetryPolicy, user};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// How many calls are made in each set-up, each after the connection of the last one was closed.
const CALLS: usize = 30;

const USER: &str = r#"{"id":"user_1"}"#;

/// A server whose connections are closed on command. Each serves one request and waits for the command then.
struct ClosingServer {
    client: user::Client,
    close: UnboundedSender<()>,
    closed: Receiver<()>,
}

impl ClosingServer {
    fn with_http1() -> Self {
        Self::start(config, |listener, mut to_close, closed| {
            for stream in listener.incoming().flatten() {
                if respond(&stream).is_some() && to_close.blocking_recv().is_some() {
                    drop(stream);
                    let _ = closed.send(());
                }
            }
        })
    }

    fn with_http2() -> Self {
        let config = |url: &str| {
            let http = reqwest::Client::builder().http2_prior_knowledge().build();
            config(url).backend(ReqwestBackend::new(http.expect("a client")))
        };
        Self::start(config, |listener, to_close, closed| {
            current_thread().block_on(serve_http2(listener, to_close, &closed));
        })
    }

    fn start(
        config: impl Fn(&str) -> ClientConfig,
        serve: impl FnOnce(TcpListener, UnboundedReceiver<()>, Sender<()>) + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("the listener is bound");
        let ((close, to_close), (to_tell, closed)) = (unbounded_channel(), channel());
        thread::spawn(move || serve(listener, to_close, to_tell));
        Self {
            client: user::Client::new(config(&format!("http://{address}/v1"))),
            close,
            closed,
        }
    }

    /// Closes the open connection while the thread of the caller is blocked.
    fn close_connection(&self) {
        self.close.send(()).expect("the server runs");
        self.closed.recv().expect("the server runs");
        // A pause that is long enough to be one.
        thread::sleep(Duration::from_millis(10));
    }
}

fn config(url: &str) -> ClientConfig {
    let config = ClientConfig::new("sk_test_1").base_url(url);
    config.retry(RetryPolicy::none())
}

async fn serve_http2(
    listener: TcpListener,
    mut to_close: UnboundedReceiver<()>,
    closed: &Sender<()>,
) {
    listener.set_nonblocking(true).expect("it is a socket");
    let listener = tokio::net::TcpListener::from_std(listener).expect("a runtime");
    while let Ok((stream, _)) = listener.accept().await {
        let connection = h2::server::handshake(stream).await;
        let mut connection = connection.expect("the client speaks HTTP/2");
        let request = connection.accept().await.expect("a request");
        let (_, mut respond) = request.expect("a valid request");
        let head = http::Response::new(());
        let mut body = respond
            .send_response(head, false)
            .expect("the head is sent");
        let user = Bytes::from_static(USER.as_bytes());
        body.send_data(user, true).expect("the body is sent");
        tokio::select! {
            // It also writes the response.
            _ = connection.accept() => {}
            _ = to_close.recv() => {}
        }
        drop((connection, respond, body));
        let _ = closed.send(());
    }
}

/// Reads a request with a body and responds to it; returns `None` if there is none.
fn respond(mut stream: &TcpStream) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some(("content-length", value)) => length = value.parse().ok()?,
            Some(_) => {}
            None if line == "\r\n" => break,
            None => {}
        }
    }
    copy(&mut reader.take(length), &mut sink()).ok()?;
    write!(
        stream,
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{USER}",
        USER.len()
    )
    .ok()
}

/// Makes a call that is never sent twice, and returns whether it fails.
async fn fails(client: &user::Client) -> bool {
    client.create(&user::CreateParams::new()).await.is_err()
}

/// Makes the calls, each after the connection of the one before was closed. Returns how many failed.
async fn count_failures(server: ClosingServer) -> usize {
    let mut failures = 0;
    for _ in 0..CALLS {
        // A call that fails does not reach the server, which waits for the next one.
        while fails(&server.client).await {
            failures += 1;
        }
        server.close_connection();
    }
    failures
}

fn current_thread() -> Runtime {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime")
}

fn one_worker() -> Runtime {
    let mut builder = Builder::new_multi_thread();
    let runtime = builder.worker_threads(1).enable_all().build();
    runtime.expect("a runtime")
}

/// Each kind of runtime with each kind of server.
fn set_ups() -> impl Iterator<Item = (Runtime, ClosingServer)> {
    let servers = [ClosingServer::with_http1, ClosingServer::with_http2];
    let runtimes = [current_thread, one_worker];
    runtimes
        .into_iter()
        .flat_map(move |runtime| servers.map(|server| (runtime(), server())))
}

#[test]
fn no_call_fails_after_blocking_work_in_the_main_task() {
    for (runtime, server) in set_ups() {
        assert_eq!(runtime.block_on(count_failures(server)), 0);
    }
}

#[test]
fn no_call_fails_after_blocking_work_in_a_spawned_task() {
    for (runtime, server) in set_ups() {
        let task = runtime.spawn(count_failures(server));
        assert_eq!(runtime.block_on(task).expect("no panic"), 0);
    }
}

/// The environment variables that tell the child process the addresses of its parent.
const URL: &str = "STALE_CONNECTIONS_URL";
const CONTROL: &str = "STALE_CONNECTIONS_CONTROL";

/// Makes the calls, each when the parent says so. It is frozen while its connection is closed.
#[test]
#[ignore = "it is run by another test"]
fn no_call_fails_in_the_frozen_process() {
    let variable = |name| std::env::var(name).expect("it is run by another test");
    current_thread().block_on(async {
        let mut control = TcpStream::connect(variable(CONTROL)).expect("the parent listens");
        let client = user::Client::new(config(&variable(URL)));
        let mut failures = 0;
        for _ in 0..CALLS {
            // The runtime does not run while the process is frozen, nor between that and the call.
            control.read_exact(&mut [0]).expect("the parent runs");
            // A call that fails does not reach the parent, which waits for the next one.
            while fails(&client).await {
                failures += 1;
            }
        }
        assert_eq!(failures, 0);
    });
}

#[cfg(target_os = "linux")]
fn signal(child: &Child, signal: &str) {
    let id = child.id().to_string();
    let status = Command::new("kill").args([signal, &id]).status();
    assert!(status.expect("`kill` runs").success());
}

#[cfg(target_os = "linux")]
fn wait_until_stopped(child: &Child) {
    let path = format!("/proc/{}/stat", child.id());
    let is_stopped = || {
        let stat = std::fs::read_to_string(&path).expect("the process exists");
        // The state follows the name, which is in parentheses.
        stat.rsplit(") ")
            .next()
            .is_some_and(|rest| rest.starts_with('T'))
    };
    while !is_stopped() {
        thread::yield_now();
    }
}

#[test]
#[cfg(target_os = "linux")]
fn no_call_fails_after_the_process_was_frozen() {
    let listen = || TcpListener::bind("127.0.0.1:0").expect("a free port");
    let (server, control) = (listen(), listen());
    let address = |listener: &TcpListener| listener.local_addr().expect("the listener is bound");
    let program = std::env::current_exe().expect("the path of this program");
    let child = Command::new(program)
        .args([
            "--ignored",
            "--exact",
            "no_call_fails_in_the_frozen_process",
        ])
        .env(URL, format!("http://{}/v1", address(&server)))
        .env(CONTROL, address(&control).to_string())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let (mut control, _) = control.accept().expect("the child connects");
    control.write_all(&[0]).expect("the child runs");
    for number in 1..=CALLS {
        let (stream, _) = server.accept().expect("the child makes a call");
        respond(&stream).expect("the child sends a request");
        // The child ends after the last call.
        if number < CALLS {
            signal(&child, "-STOP");
            wait_until_stopped(&child);
            drop(stream);
            thread::sleep(Duration::from_millis(10));
            control.write_all(&[0]).expect("the child runs");
            signal(&child, "-CONT");
        }
    }
    let output = child.wait_with_output().expect("the child ends");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && printed.contains("1 passed"),
        "{printed}"
    );
}
