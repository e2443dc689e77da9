//! A local emulator for Clerk's Backend API: real HTTP on loopback, real state, a key to check.
//!
//! Users, organizations, memberships and invitations of both kinds are kept, and a wrong call about them is refused as Clerk
//! does. Every other operation answers with a sample that fits Clerk's document, whatever it is sent.
//!
//! ```
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! use clerk_sdk::{ClientConfig, user};
//! use clerk_sdk_tests::Emulator;
//!
//! let clerk = Emulator::start().await?;
//! let client = user::Client::new(ClientConfig::new(clerk.key()).base_url(clerk.url()));
//! let ada = client.create(&user::CreateParams::new().first_name("Ada")).await?;
//! assert_eq!(client.get(&ada.id).await?.first_name.as_deref(), Some("Ada"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod answer;
mod crowd;
mod fields;
mod ids;
mod invitations;
mod jwks;
mod memberships;
mod metadata;
mod organization_invitations;
mod organizations;
mod paging;
mod readme;
mod request;
mod routes;
mod sample;
mod server;
mod signer;
mod state;
mod user_filter;
mod users;

use std::io;
use std::sync::Arc;
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::sync::oneshot;

pub use request::{RecordedRequest, Upload};
use server::Server;
pub use server::StubbedResponse;
pub use signer::Signer;

/// A server that stands in for Clerk. It ends when this is dropped.
///
/// It runs on a thread of its own, so it serves any number of runtimes, or none.
pub struct Emulator {
    server: Arc<Server>,
    url: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

/// The key that every emulator knows.
const KEY: &str = "sk_test_emulator";

impl Emulator {
    /// Starts an emulator on a free port of this machine.
    ///
    /// # Errors
    ///
    /// Where no port or no thread can be had.
    pub async fn start() -> io::Result<Self> {
        // Binding and spawning take no time worth waiting for elsewhere.
        Self::start_blocking()
    }

    /// As [`start`](Self::start), outside a runtime.
    ///
    /// # Errors
    ///
    /// Where no port or no thread can be had.
    pub fn start_blocking() -> io::Result<Self> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let url = format!("http://{}/v1", listener.local_addr()?);
        let server = Arc::new(Server::new(KEY));
        let (stop, stopped) = oneshot::channel();
        let serving = server.clone();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let thread = thread::Builder::new()
            .name("clerk-emulator".to_owned())
            .spawn(move || runtime.block_on(server::serve(serving, listener, stopped)))?;
        Ok(Self {
            server,
            url,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// The address for `ClientConfig::base_url`, with its `/v1`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A secret key that is accepted.
    pub fn key(&self) -> &str {
        KEY
    }

    /// Gives the instance of [`key`](Self::key) so many users, made from their numbers when somebody asks: as many
    /// as you like. They come before all who are created, and can only be read, listed and counted.
    pub fn seed_users(&self, count: usize) {
        self.server.seed_users(KEY, count);
    }

    /// Accepts another key, with a state of its own: users of one key are strangers to the other.
    pub fn add_key(&self, key: &str) {
        self.server.add_key(key);
    }

    /// Answers `/jwks` with these keys from now on, for every secret key.
    pub fn set_jwks(&self, jwks: serde_json::Value) {
        self.server.set_jwks(jwks);
    }

    /// A session token of this user, valid for a minute, as a page of `http://localhost:3000` gets it.
    pub fn session_token(&self, user_id: &str) -> String {
        self.session_token_with_claims(user_id, serde_json::json!({}))
    }

    /// As [`session_token`](Self::session_token), with these claims beside the usual, or in their place.
    /// [`Signer::instance`] signs whatever it is given.
    pub fn session_token_with_claims(&self, user_id: &str, claims: serde_json::Value) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.unwrap_or_default().as_secs();
        let mut all = serde_json::json!({
            "sub": user_id, "sid": "sess_2stand1n", "iss": "https://clerk.emulator.test",
            "azp": "http://localhost:3000", "iat": now, "nbf": now, "exp": now + 60,
            "sts": "active", "v": 2,
        });
        for (name, value) in claims.as_object().into_iter().flatten() {
            all[name] = value.clone();
        }
        Signer::instance().sign(&all)
    }

    /// Every request so far, in order of arrival; the last 20,000 of them.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.server.requests()
    }

    /// Every file that was accepted, in order.
    pub fn uploads(&self) -> Vec<Upload> {
        self.server.uploads()
    }

    /// Answers the next request of this method and path (`/v1/users` or `/users`) in this way,
    /// whatever its key.
    ///
    /// # Panics
    ///
    /// Where the status or a header is not one that HTTP can carry.
    pub fn stub(&self, canned: StubbedResponse) {
        self.server.stub(canned);
    }

    /// Takes the next request of this method and path, and never answers it.
    pub fn hang(&self, method: &str, path: &str) {
        self.server.hang(method, path);
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // The thread may have ended already.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
