//! The emulator's handle: start and stop the server, set up its state, and inspect what it received.

mod builder;
mod people;
mod state;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::oneshot;

use crate::control::{Controls, http_routes};
use crate::document::api_document::ApiDocument;
use crate::http::multipart::UploadedFile;
use crate::http::request::RecordedRequest;
#[cfg(feature = "page")]
use crate::page;
use crate::rules;
use crate::server::listener;
use crate::server::request_log::RequestSummary;
use crate::server::service::Service;
use crate::server::stubs::StubbedResponse;
use crate::store::event::Event;
use crate::store::options::InstanceOptions;
use crate::webhooks::options::WebhookOptions;

pub use builder::EmulatorBuilder;

/// The secret key that every emulator accepts.
const SECRET_KEY: &str = "sk_test_emulator";

/// The end of this key is `clerk.emulator.test$` in base 64.
const PUBLISHABLE_KEY: &str = "pk_test_Y2xlcmsuZW11bGF0b3IudGVzdCQ=";

/// A local server that emulates Clerk. It stops when it is dropped.
///
/// The server runs on its own thread, so clients on any number of runtimes, or on none, can call it.
pub struct Emulator {
    service: Arc<Service>,
    address: SocketAddr,
    controls: Arc<Controls>,
    /// Requests wait until it is dropped.
    paused: Option<oneshot::Sender<()>>,
    /// Takes how long requests in progress may still take.
    stop: Option<oneshot::Sender<Duration>>,
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
        Self::listen(SocketAddr::from(([127, 0, 0, 1], 0)))
    }

    /// Starts an emulator on an address. Port 0 is any free port.
    ///
    /// # Errors
    ///
    /// Returns an error if the port cannot be bound or no thread can be spawned.
    pub fn listen(address: SocketAddr) -> io::Result<Self> {
        Self::listen_with(address, InstanceOptions::default())
    }

    /// Starts an emulator like [`listen`](Self::listen), whose instance has these options.
    ///
    /// # Errors
    ///
    /// Returns an error if the port cannot be bound or no thread can be spawned.
    pub fn listen_with(address: SocketAddr, options: InstanceOptions) -> io::Result<Self> {
        let builder = Self::builder().address(address).options(options);
        builder.start_blocking()
    }

    /// Returns a builder, which starts an emulator with another address, other options or another document.
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder::new()
    }

    /// Starts an emulator whose requests are checked against this document. They wait until it is resumed.
    fn run(
        address: SocketAddr,
        options: InstanceOptions,
        document: &'static ApiDocument,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let service = Arc::new(Service::new(SECRET_KEY, options, document));
        let (stop, stopped) = oneshot::channel();
        let (paused, resumed) = oneshot::channel::<()>();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let handle = runtime.handle().clone();
        let controls = Controls::new(service.clone(), handle, SECRET_KEY, address);
        let controls = Arc::new(controls);
        let routes = http_routes(controls.clone());
        #[cfg(feature = "page")]
        let routes = routes.merge(page::routes(controls.clone()));
        let server = listener::serve(listener, routes, service.clone(), stopped);
        let server = async move {
            // An error: the sender has been dropped, which is how the emulator is resumed.
            drop(resumed.await);
            server.await;
        };
        let thread = thread::Builder::new()
            .name("clerk-emulator".to_owned())
            .spawn(move || runtime.block_on(server))?;
        Ok(Self {
            service,
            address,
            controls,
            paused: Some(paused),
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Answers requests from now on, if the emulator was started [`paused`](EmulatorBuilder::paused).
    pub fn resume(&mut self) {
        self.paused = None;
    }

    /// Returns the address that the emulator listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the base URL of the emulated API. It includes `/v1`.
    pub fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Returns a secret key that the emulator accepts.
    pub fn key(&self) -> &str {
        SECRET_KEY
    }

    /// Returns the publishable key of the instance of [`key`](Self::key), for SDKs that want one. It contains the host of the
    /// Frontend API, `clerk.emulator.test`, which the emulator does not serve.
    pub fn publishable_key(&self) -> &str {
        PUBLISHABLE_KEY
    }

    /// Accepts another secret key, which belongs to an instance with its own, empty state.
    pub fn add_key(&self, key: &str) {
        self.add_instance(key, InstanceOptions::default());
    }

    /// Accepts another secret key like [`add_key`](Self::add_key), of an instance with these options. Returns whether the key
    /// is new; if not, its instance stays as it is.
    pub fn add_instance(&self, key: &str, options: InstanceOptions) -> bool {
        self.service.add_instance(key, options)
    }

    /// Sets the emulator's clock, which goes on from there.
    pub fn set_time(&self, time: SystemTime) {
        let since_epoch = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        let milliseconds = i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX);
        self.service.clock.set(milliseconds);
        self.service.notify_of_change();
    }

    /// Advances the emulator's clock.
    pub fn advance_time(&self, by: Duration) {
        let milliseconds = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.service.clock.advance(milliseconds);
        self.service.notify_of_change();
    }

    /// Returns the events of the instance of [`key`](Self::key), in order: what Clerk announces to webhook endpoints.
    pub fn events(&self) -> Vec<Event> {
        self.service.events(SECRET_KEY)
    }

    /// Adds `count` users to the instance of [`key`](Self::key), for an application that reads many. They have nothing but
    /// an id, a username and their times, and no event tells of them.
    pub fn add_users(&self, count: usize) {
        self.service
            .with_instance(SECRET_KEY, |instance| rules::add_users(instance, count));
    }

    /// Posts the events of the instance of [`key`](Self::key) from now on to an endpoint, in order. Returns the secret with
    /// which the endpoint can verify the signatures.
    ///
    /// An event that the endpoint does not accept is posted again after 1 and 5 seconds of the emulator's clock, and then
    /// given up. The scheme of the URL must be `http`: the emulator does not support TLS.
    pub fn add_webhook_endpoint(&self, url: &str) -> String {
        self.add_webhook_endpoint_with(url, WebhookOptions::default())
    }

    /// Posts events to an endpoint like [`add_webhook_endpoint`](Self::add_webhook_endpoint), with other retries or in
    /// another order.
    pub fn add_webhook_endpoint_with(&self, url: &str, options: WebhookOptions) -> String {
        let added = self.controls.webhooks.add(SECRET_KEY, url, options);
        added.map(|it| it.secret).unwrap_or_default()
    }

    /// Returns the requests received so far, in order of arrival. Only the last 20,000 are kept.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.service.requests()
    }

    /// Calls `observe` with each request from now on, once it is answered, on the thread of the server. A request whose
    /// client has gone, or that gets no response, is left out.
    pub fn on_response(&self, observe: impl Fn(&RequestSummary) + Send + 'static) {
        self.service.add_observer(Box::new(observe));
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
        self.service.stub(&stub, false);
    }

    /// Stubs the response to all requests with its method and path, until there is another one for them. A stub for the
    /// next request takes precedence.
    ///
    /// # Panics
    ///
    /// Panics if the status or a header is not valid in HTTP.
    pub fn stub_always(&self, stub: StubbedResponse) {
        self.service.stub(&stub, true);
    }

    /// Never responds to the next request with this method and path.
    pub fn hang(&self, method: &str, path: &str) {
        self.service.hang(method, path);
    }

    /// Stops the emulator. It accepts no further connections, and requests in progress may take until `grace_period` is
    /// over. Blocks the current thread until then.
    pub fn shut_down(mut self, grace_period: Duration) {
        self.stop_within(grace_period);
    }

    fn stop_within(&mut self, grace_period: Duration) {
        self.resume();
        if let Some(stop) = self.stop.take() {
            // Sending fails if the thread has already ended.
            let _ = stop.send(grace_period);
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.stop_within(Duration::ZERO);
    }
}
