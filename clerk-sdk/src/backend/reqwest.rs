//! Sending through `reqwest`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use bytes::Bytes;
use http::Uri;
use reqwest::Url;
use tokio::runtime::{Handle, Id};
use tokio::sync::watch;

use super::incoming::Incoming;
use super::{Backend, BackendError, BackendErrorKind, BackendFuture};
use crate::{ClientConfig, config};

/// Sends through `reqwest`, either a given client or one this crate makes.
pub(crate) struct ReqwestBackend {
    clients: Clients,
    base: Option<Base>,
    max_response_bytes: usize,
}

/// The address of the API as `reqwest` has it. It takes longer to read an address than to write a request.
struct Base {
    uri: Uri,
    url: Url,
}

impl Base {
    fn new(config: &ClientConfig) -> Option<Self> {
        let text = config::parse_base_url(config.base_url.as_deref()).ok()?;
        Some(Self {
            uri: text.parse().ok()?,
            url: text.parse().ok()?,
        })
    }

    /// Another address on the same server.
    fn join(&self, uri: &Uri) -> Option<Url> {
        let is_same = self.uri.authority() == uri.authority() && self.uri.scheme() == uri.scheme();
        is_same.then(|| {
            let mut url = self.url.clone();
            url.set_path(uri.path());
            url.set_query(uri.query());
            url
        })
    }
}

enum Clients {
    Given(reqwest::Client),
    PerRuntime(PerRuntime),
}

/// One client for each runtime that calls, for as long as that runtime lives.
///
/// A connection's task lives on the runtime that opened it. Servers give each of their threads a runtime, and
/// tests often give each test one while they share the process-wide client: with one pool, a test could pick a
/// connection that dies with its neighbour's runtime.
struct PerRuntime {
    connect_timeout: Duration,
    made: Arc<Made>,
    /// Its end is the end of the tasks that wait for the end of their runtimes.
    alive: watch::Sender<()>,
}

type Made = Mutex<HashMap<Id, reqwest::Client>>;

impl PerRuntime {
    fn new(connect_timeout: Duration) -> Self {
        Self {
            connect_timeout,
            made: Arc::default(),
            alive: watch::Sender::new(()),
        }
    }

    fn get(&self, runtime: &Handle) -> Result<reqwest::Client, BackendError> {
        if let Some(client) = lock(&self.made).get(&runtime.id()) {
            return Ok(client.clone());
        }
        // Nobody waits for this one: threads that find none make one each, and the first stays.
        let client = self.make()?;
        let mut made = lock(&self.made);
        if let Some(client) = made.get(&runtime.id()) {
            return Ok(client.clone());
        }
        made.insert(runtime.id(), client.clone());
        drop(made);
        self.forget_with(runtime);
        Ok(client)
    }

    fn make(&self) -> Result<reqwest::Client, BackendError> {
        let builder = reqwest::Client::builder()
            .connect_timeout(self.connect_timeout)
            // The API has no redirects: one would only carry the call somewhere it was not meant for.
            .redirect(reqwest::redirect::Policy::none());
        with_tls(builder)?.build().map_err(BackendError::connect)
    }

    /// Forgets the client of a runtime when that ends, which is when it drops its tasks.
    fn forget_with(&self, runtime: &Handle) {
        let entry = Entry {
            made: Arc::downgrade(&self.made),
            runtime: runtime.id(),
        };
        let mut alive = self.alive.subscribe();
        runtime.spawn(async move {
            let _entry = entry;
            // Nothing is ever sent: it waits until there is no sender.
            let _ = alive.changed().await;
        });
    }
}

/// The client of a runtime, which goes with this.
struct Entry {
    made: Weak<Made>,
    runtime: Id,
}

impl Drop for Entry {
    fn drop(&mut self) {
        if let Some(made) = self.made.upgrade() {
            // The lock is open again when the client is dropped.
            let client = lock(&made).remove(&self.runtime);
            drop(client);
        }
    }
}

fn lock(made: &Made) -> MutexGuard<'_, HashMap<Id, reqwest::Client>> {
    made.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Names the cryptography for rustls: with none named, reqwest wants one set for the whole process.
#[cfg(feature = "rustls")]
fn with_tls(builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, BackendError> {
    use std::sync::OnceLock;

    /// The certificates of the platform are read once: that takes longer than all the rest of a client.
    static MADE: OnceLock<rustls::ClientConfig> = OnceLock::new();

    let config = match MADE.get() {
        Some(config) => config,
        None => {
            let config = tls().map_err(BackendError::connect)?;
            MADE.get_or_init(|| config)
        }
    };
    Ok(builder.tls_backend_preconfigured(config.clone()))
}

#[cfg(feature = "rustls")]
fn tls() -> Result<rustls::ClientConfig, rustls::Error> {
    use rustls_platform_verifier::BuilderVerifierExt;

    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)?
        .with_no_client_auth();
    if cfg!(feature = "http2") {
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    }
    Ok(config)
}

#[cfg(not(feature = "rustls"))]
fn with_tls(builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, BackendError> {
    Ok(builder)
}

impl ReqwestBackend {
    pub(crate) fn new(config: &ClientConfig) -> Self {
        let clients = match config.http_client.clone() {
            Some(client) => Clients::Given(client),
            None => {
                let limit = config.connect_timeout;
                let limit = limit.unwrap_or(config::DEFAULT_CONNECT_TIMEOUT);
                Clients::PerRuntime(PerRuntime::new(limit))
            }
        };
        Self {
            clients,
            base: Base::new(config),
            max_response_bytes: config.max_response_bytes_or_default(),
        }
    }
}

impl ReqwestBackend {
    /// The answer to come.
    fn start(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<impl Future<Output = reqwest::Result<reqwest::Response>> + use<>, BackendError>
    {
        // Outside a runtime `reqwest` would panic.
        let runtime = Handle::try_current().map_err(BackendError::connect)?;
        let client = match &self.clients {
            Clients::Given(client) => client.clone(),
            Clients::PerRuntime(clients) => clients.get(&runtime)?,
        };
        Ok(client.execute(self.own_request(request)?))
    }

    fn own_request(&self, request: http::Request<Bytes>) -> Result<reqwest::Request, BackendError> {
        // What a layer put there cannot be handed on one by one.
        let base = self
            .base
            .as_ref()
            .filter(|_| request.extensions().is_empty());
        let Some(url) = base.and_then(|base| base.join(request.uri())) else {
            return reqwest::Request::try_from(request).map_err(BackendError::new);
        };
        let (head, body) = request.into_parts();
        let mut request = reqwest::Request::new(head.method, url);
        *request.version_mut() = head.version;
        *request.headers_mut() = head.headers;
        *request.body_mut() = Some(body.into());
        Ok(request)
    }
}

impl Backend for ReqwestBackend {
    fn send(&self, request: http::Request<Bytes>) -> BackendFuture<'_> {
        // Made ready before the future is: what it would hold on to until the end is more than the future itself.
        let pending = self.start(request);
        Box::pin(async move {
            let mut response = pending?.await.map_err(from_reqwest)?;
            read_body(&mut response, self.max_response_bytes).await
        })
    }
}

/// Reads the body up to the limit; what breaks off keeps what came before it.
async fn read_body(
    response: &mut reqwest::Response,
    limit: usize,
) -> Result<http::Response<Bytes>, BackendError> {
    let mut incoming = Incoming::new(head(response), response.content_length(), limit);
    let problem = loop {
        let received = match response.chunk().await {
            Ok(Some(chunk)) => incoming.push(chunk),
            Ok(None) => return Ok(incoming.finish()),
            Err(error) => Err(from_reqwest(error)),
        };
        if let Err(problem) = received {
            break problem;
        }
    };
    Err(problem.with_partial(incoming.finish()))
}

fn head(response: &mut reqwest::Response) -> http::response::Parts {
    let (mut head, ()) = http::Response::new(()).into_parts();
    head.status = response.status();
    head.headers = std::mem::take(response.headers_mut());
    head
}

/// Sorts a failure of `reqwest`, without its URL: ids in it may be personal.
fn from_reqwest(error: reqwest::Error) -> BackendError {
    let kind = match (error.is_connect(), error.is_timeout()) {
        (true, true) => BackendErrorKind::ConnectTimeout,
        (true, false) => BackendErrorKind::Connect,
        (false, true) => BackendErrorKind::Timeout,
        (false, false) => BackendErrorKind::Other,
    };
    BackendError::with_kind(kind, error.without_url())
}

#[cfg(test)]
mod tests {
    use tokio::runtime::{Builder, Runtime};

    use super::{Base, PerRuntime, Url, lock};
    use crate::ClientConfig;
    use crate::config::DEFAULT_CONNECT_TIMEOUT;

    fn runtimes(count: usize) -> Vec<Runtime> {
        let make = |_| Builder::new_current_thread().enable_all().build();
        let runtimes: Result<_, _> = (0..count).map(make).collect();
        runtimes.expect("runtimes")
    }

    #[test]
    fn a_client_is_kept_for_each_runtime_until_that_ends() {
        let clients = PerRuntime::new(DEFAULT_CONNECT_TIMEOUT);
        let mut runtimes = runtimes(40);
        for runtime in runtimes.iter().chain(&runtimes) {
            clients.get(runtime.handle()).expect("a client");
        }
        assert_eq!(lock(&clients.made).len(), 40);
        drop(runtimes.split_off(25));
        assert_eq!(lock(&clients.made).len(), 25);
        drop(runtimes);
        assert!(lock(&clients.made).is_empty());
    }

    #[test]
    fn a_runtime_that_has_ended_is_not_remembered() {
        let clients = PerRuntime::new(DEFAULT_CONNECT_TIMEOUT);
        let runtime = runtimes(1).remove(0);
        let handle = runtime.handle().clone();
        drop(runtime);
        clients
            .get(&handle)
            .expect("a client, for what it is worth");
        assert!(lock(&clients.made).is_empty());
    }

    #[test]
    fn nothing_is_left_on_a_runtime_of_clients_that_are_gone() {
        let runtime = runtimes(1).remove(0);
        for _ in 0..3 {
            let clients = PerRuntime::new(DEFAULT_CONNECT_TIMEOUT);
            clients.get(runtime.handle()).expect("a client");
        }
        // A task ends when it is polled after the end that it waits for.
        runtime.block_on(tokio::task::yield_now());
        assert_eq!(runtime.metrics().num_alive_tasks(), 0);
    }

    #[test]
    fn an_address_on_the_same_server_is_as_if_it_was_read_whole() {
        for base in [
            "https://api.clerk.com/v1",
            "https://api.clerk.com:443",
            "http://[::1]:8080/proxy/v1/",
            "https://API.example.com/a%20b",
        ] {
            let made = Base::new(&ClientConfig::new("sk_test_1").base_url(base)).expect("a base");
            for rest in [
                "",
                "/users",
                "/users/a%2Fb%3F%23",
                "/users/%2E%2Ex",
                "/a?b=c&d=%26",
                "/a?",
                "//a",
            ] {
                let text = format!("{}{rest}", base.trim_end_matches('/'));
                let whole: Url = text.parse().expect("an address");
                let joined = made.join(&text.parse().expect("an address"));
                assert_eq!(joined, Some(whole), "{text}");
            }
            for other in [
                "https://api.clerk.org/v1",
                "http://api.clerk.com/v1",
                "/v1/users",
            ] {
                let other = other.parse().expect("an address");
                assert!(made.join(&other).is_none(), "{other} is elsewhere");
            }
        }
    }
}
