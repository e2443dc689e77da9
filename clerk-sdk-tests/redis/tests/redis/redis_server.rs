//! A `redis-server` on a free port, which is stopped when it is dropped.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::time::sleep;

pub(crate) struct RedisServer {
    port: u16,
    options: Vec<&'static str>,
    process: Option<Child>,
}

impl RedisServer {
    /// Starts a server that stores nothing on disk, or returns `None` if `redis-server` is not installed.
    pub(crate) async fn start(options: &[&'static str]) -> Option<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("the port is known").port();
        drop(listener);
        let mut server = Self {
            port,
            options: options.to_vec(),
            process: None,
        };
        server.restart().await.then_some(server)
    }

    /// Starts the server again on the same port. Returns whether it is installed.
    pub(crate) async fn restart(&mut self) -> bool {
        let process = Command::new("redis-server")
            .args(["--port", &self.port.to_string(), "--bind", "127.0.0.1"])
            .args(["--save", "", "--appendonly", "no"])
            .args(&self.options)
            .stdout(Stdio::null())
            .spawn();
        let Ok(process) = process else {
            return false;
        };
        self.process = Some(process);
        let client = redis::Client::open(self.url()).expect("the URL is valid");
        // A server with a password rejects the connection only when it is ready.
        while let Err(error) = client.get_multiplexed_async_connection().await {
            if error.kind() == redis::ErrorKind::AuthenticationFailed || error.code().is_some() {
                break;
            }
            sleep(Duration::from_millis(5)).await;
        }
        true
    }

    /// Kills the server, as if its machine had failed.
    pub(crate) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().expect("the process is running");
            process.wait().expect("the process ends");
        }
    }

    /// Stops or continues the server with a signal: a stopped one accepts connections, but does not respond.
    pub(crate) fn signal(&self, signal: &str) {
        let process = self.process.as_ref().expect("the server is running");
        let mut kill = Command::new("kill");
        let status = kill.args([signal, &process.id().to_string()]).status();
        let status = status.expect("`kill` is installed");
        assert!(status.success(), "{status}");
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    pub(crate) async fn connection(&self) -> redis::aio::MultiplexedConnection {
        let client = redis::Client::open(self.url()).expect("the URL is valid");
        let connection = client.get_multiplexed_async_connection().await;
        connection.expect("the server accepts connections")
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Starts a server, or returns from the test.
macro_rules! start_redis {
    ($($option:expr),*) => {
        match $crate::redis_server::RedisServer::start(&[$($option),*]).await {
            Some(server) => server,
            None => return,
        }
    };
}
pub(crate) use start_redis;
