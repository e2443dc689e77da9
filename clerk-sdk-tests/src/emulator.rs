//! The emulator's handle: start and stop the server, set up its state, and inspect what it received.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use serde_json::Value;
use tokio::sync::oneshot;

use crate::http::multipart::UploadedFile;
use crate::http::request::RecordedRequest;
use crate::server::listener;
use crate::server::service::Service;
use crate::server::stubs::StubbedResponse;
use crate::tokens::session_token;

/// The secret key that every emulator accepts.
const SECRET_KEY: &str = "sk_test_emulator";

/// A local server that emulates Clerk. It stops when it is dropped.
///
/// The server runs on its own thread, so clients on any number of runtimes, or on none, can call it.
pub struct Emulator {
    service: Arc<Service>,
    url: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Emulator {
    /// Starts an emulator on a free loopback port.
    ///
    /// # Errors
    ///
    /// Returns an error if no port can be bound or no thread can be spawned.
    pub async fn start() -> io::Result<Self> {
        // Binding a port and spawning a thread are quick enough to run on the caller's runtime.
        Self::start_blocking()
    }

    /// Starts an emulator like [`start`](Self::start), without an async runtime.
    ///
    /// # Errors
    ///
    /// Returns an error if no port can be bound or no thread can be spawned.
    pub fn start_blocking() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let url = format!("http://{}/v1", listener.local_addr()?);
        let service = Arc::new(Service::new(SECRET_KEY));
        let (stop, stopped) = oneshot::channel();
        let server = listener::serve(listener, service.clone(), stopped);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let thread = thread::Builder::new()
            .name("clerk-emulator".to_owned())
            .spawn(move || runtime.block_on(server))?;
        Ok(Self {
            service,
            url,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Returns the base URL of the emulated API, for `ClientConfig::base_url`. It includes `/v1`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns a secret key that the emulator accepts.
    pub fn key(&self) -> &str {
        SECRET_KEY
    }

    /// Accepts another secret key, which belongs to an instance with its own, empty state.
    pub fn add_key(&self, key: &str) {
        self.service.add_key(key);
    }

    /// Adds `count` generated users to the instance of [`key`](Self::key).
    ///
    /// Seeded users are generated on demand and take no memory, so there can be hundreds of thousands of them.
    /// They are older than every created user, and can only be read, listed and counted.
    pub fn seed_users(&self, count: usize) {
        self.service.seed_users(SECRET_KEY, count);
    }

    /// Replaces the key set that `/jwks` returns, for every secret key.
    pub fn set_jwks(&self, jwks: Value) {
        self.service.set_jwks(jwks);
    }

    /// Returns a session token for a user, valid for one minute, authorized for `http://localhost:3000`.
    pub fn session_token(&self, user_id: &str) -> String {
        session_token::sign(user_id, &Value::Null)
    }

    /// Returns a session token like that of [`session_token`](Self::session_token), with `claims` added to the default
    /// claims or replacing them.
    ///
    /// To sign arbitrary claims, use [`Signer::instance`](crate::Signer::instance).
    pub fn session_token_with_claims(&self, user_id: &str, claims: Value) -> String {
        session_token::sign(user_id, &claims)
    }

    /// Returns the requests received so far, in order of arrival. Only the last 20,000 are kept.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.service.requests()
    }

    /// Returns the files of all accepted uploads, in order of arrival.
    pub fn uploads(&self) -> Vec<UploadedFile> {
        self.service.uploads()
    }

    /// Stubs one response, which is returned to the next request with its method and path, whatever the secret key.
    ///
    /// # Panics
    ///
    /// Panics if the status or a header is not valid in HTTP.
    pub fn stub(&self, stub: StubbedResponse) {
        self.service.stub(stub);
    }

    /// Never responds to the next request with this method and path.
    pub fn hang(&self, method: &str, path: &str) {
        self.service.hang(method, path);
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // Sending fails if the thread has already ended.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
