//! A server of Redis or Valkey on a free port, which is stopped when it is dropped.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::time::sleep;

/// The programs that are tried unless the environment variable `REDIS_SERVER` names one.
const PROGRAMS: [&str; 2] = ["redis-server", "valkey-server"];

pub(crate) struct RedisServer {
    port: u16,
    has_tls: bool,
    options: Vec<String>,
    process: Option<Child>,
}

impl RedisServer {
    /// Starts a server that stores nothing on disk, or returns `None` if none is installed.
    pub(crate) async fn start(options: &[&'static str]) -> Option<Self> {
        let options = options.iter().map(|&option| option.to_owned()).collect();
        let mut server = Self::new(options, false);
        server.restart().await.then_some(server)
    }

    /// Starts a server with TLS, whose certificate and key are in a folder.
    pub(crate) async fn start_with_tls(folder: &Path) -> Option<Self> {
        let path = |file| folder.join(file).to_string_lossy().into_owned();
        let options = [
            ("--tls-cert-file", path("certificate.pem")),
            ("--tls-key-file", path("key.pem")),
            ("--tls-auth-clients", "no".to_owned()),
        ];
        let options = options.into_iter();
        let options = options.flat_map(|(name, value)| [name.to_owned(), value]);
        let mut server = Self::new(options.collect(), true);
        server.restart().await.then_some(server)
    }

    fn new(options: Vec<String>, has_tls: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        Self {
            port: listener.local_addr().expect("the port is known").port(),
            has_tls,
            options,
            process: None,
        }
    }

    /// Starts the server again on the same port. Returns whether it is installed.
    pub(crate) async fn restart(&mut self) -> bool {
        self.process = self.spawn();
        let Some(process) = &mut self.process else {
            return false;
        };
        // A server with a password, or with a certificate that is not trusted, accepts connections when it is ready.
        while tokio::net::TcpStream::connect(("127.0.0.1", self.port))
            .await
            .is_err()
        {
            let status = process.try_wait().expect("the process can be waited for");
            assert_eq!(status, None, "the server does not start");
            sleep(Duration::from_millis(5)).await;
        }
        true
    }

    fn spawn(&self) -> Option<Child> {
        let named = std::env::var("REDIS_SERVER").ok();
        let programs = match &named {
            Some(program) => vec![&**program],
            None => PROGRAMS.to_vec(),
        };
        let port = self.port.to_string();
        let ports = match self.has_tls {
            true => ["--port", "0", "--tls-port", &port].to_vec(),
            false => ["--port", &port].to_vec(),
        };
        let spawn = |program| {
            Command::new(program)
                .args(&ports)
                .args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
                .args(&self.options)
                .stdout(Stdio::null())
                .spawn()
                .ok()
        };
        let process = programs.into_iter().find_map(spawn);
        assert!(
            process.is_some() || named.is_none(),
            "REDIS_SERVER cannot be started"
        );
        process
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
        let scheme = if self.has_tls { "rediss" } else { "redis" };
        format!("{scheme}://127.0.0.1:{}/", self.port)
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
