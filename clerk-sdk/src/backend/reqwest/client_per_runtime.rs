//! One `reqwest` client for each tokio runtime.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::runtime::{Handle, Id};
use tokio::sync::watch;

use super::connector::ConnectorLayer;
use super::describe_cause::describe_cause;
use super::idle_connections::LastUse;
use super::{HttpOptions, tls};
use crate::backend::error::BackendError;

/// The clients of the runtimes that have made calls, each for as long as its runtime lives.
///
/// The task of a connection lives on the runtime that opened it. Some servers give each of their threads a runtime,
/// and tests often have one each while they share the process-wide client: with one pool, a test could pick a
/// connection that dies with the runtime of another test.
pub(super) struct ClientPerRuntime {
    options: HttpOptions,
    clients: Arc<ClientMap>,
    /// Dropping it ends the tasks that wait for the end of their runtimes.
    alive: watch::Sender<()>,
}

/// A program has few runtimes, so a search is faster than a hash.
type ClientMap = Mutex<Vec<(Id, Arc<RuntimeClient>)>>;

/// The client of one runtime.
pub(super) struct RuntimeClient {
    pub(super) http: reqwest::Client,
    pub(super) last_use: LastUse,
    /// Whether it was built for https; if not, it may lack certificates.
    has_tls: bool,
    /// Whether it was built here: its connector tells if a connection was opened for a request, and it asks for gzip.
    pub(super) is_default: bool,
}

#[cfg(feature = "reqwest-013")]
impl RuntimeClient {
    /// A client of the user's, with a connector of its own.
    pub(super) fn user_provided(http: reqwest::Client) -> Self {
        Self {
            http,
            last_use: LastUse::new(),
            has_tls: true,
            is_default: false,
        }
    }
}

impl ClientPerRuntime {
    pub(super) fn new(options: HttpOptions) -> Self {
        Self {
            options,
            clients: Arc::default(),
            alive: watch::Sender::new(()),
        }
    }

    pub(super) fn get(
        &self,
        runtime: &Handle,
        needs_tls: bool,
    ) -> Result<Arc<RuntimeClient>, BackendError> {
        let find = |clients: &[(Id, Arc<RuntimeClient>)]| {
            let mut of_runtime = clients.iter().filter(|(id, _)| *id == runtime.id());
            let usable = of_runtime.find(|(_, client)| client.has_tls || !needs_tls);
            usable.map(|(_, client)| client.clone())
        };
        if let Some(client) = find(&lock(&self.clients)) {
            return Ok(client);
        }
        // Built without holding the lock: several threads may each build a client, and the first one is kept.
        let client = Arc::new(self.build(needs_tls)?);
        let mut clients = lock(&self.clients);
        if let Some(client) = find(&clients) {
            return Ok(client);
        }
        let is_new = clients.iter().all(|(id, _)| *id != runtime.id());
        clients.push((runtime.id(), client.clone()));
        drop(clients);
        if is_new {
            self.remove_when_runtime_ends(runtime);
        }
        Ok(client)
    }

    fn build(&self, needs_tls: bool) -> Result<RuntimeClient, BackendError> {
        let mut builder = reqwest::Client::builder()
            .connector_layer(ConnectorLayer {
                limit: self.options.connect_timeout,
            })
            .pool_idle_timeout(self.options.pool_idle_timeout)
            // The API does not redirect, so following a redirect could only send the call to the wrong server.
            .redirect(reqwest::redirect::Policy::none())
            // By default reqwest retries refused streams at once, twice for each attempt: neither the policy nor the
            // budget would know.
            .retry(reqwest::retry::never());
        if self.options.pool_idle_timeout.is_zero() {
            builder = builder.pool_max_idle_per_host(0);
        }
        if !self.options.uses_proxy {
            builder = builder.no_proxy();
        }
        #[cfg(feature = "http2")]
        {
            builder = with_http2_pings(builder);
        }
        #[cfg(feature = "gzip")]
        {
            builder = accept_gzip(builder);
        }
        let http = tls::configure(builder, needs_tls)?
            .build()
            .map_err(|error| BackendError::setup("HTTP client", describe_cause(&error)))?;
        Ok(RuntimeClient {
            http,
            last_use: LastUse::new(),
            has_tls: needs_tls,
            is_default: true,
        })
    }

    /// Removes the client of a runtime when it shuts down, which is when it drops its tasks.
    fn remove_when_runtime_ends(&self, runtime: &Handle) {
        let entry = RemoveOnDrop {
            clients: Arc::downgrade(&self.clients),
            runtime: runtime.id(),
        };
        let mut alive = self.alive.subscribe();
        runtime.spawn(async move {
            let _entry = entry;
            // Nothing is ever sent: this waits until the sender is dropped.
            let _ = alive.changed().await;
        });
    }
}

/// Pings the server when nothing was received for a while. All calls share one HTTP/2 connection, so that one which has
/// become unusable without being closed would make all of them fail until the operating system gives it up.
#[cfg(feature = "http2")]
fn with_http2_pings(builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    use std::time::Duration;

    const INTERVAL: Duration = Duration::from_secs(5);
    const TIMEOUT: Duration = Duration::from_secs(3);

    builder
        .http2_keep_alive_interval(INTERVAL)
        .http2_keep_alive_timeout(TIMEOUT)
        .http2_keep_alive_while_idle(true)
}

/// Asks for gzip, unless a request has an `Accept-Encoding` of its own. `reqwest` decodes nothing then, even if the
/// program enables its features for that.
#[cfg(feature = "gzip")]
fn accept_gzip(builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    let headers = [(http::header::ACCEPT_ENCODING, super::gzip_body::ACCEPTED)];
    builder
        .default_headers(headers.into_iter().collect())
        .no_gzip()
        .no_brotli()
        .no_deflate()
        .no_zstd()
}

/// Removes the client of a runtime when it is dropped.
struct RemoveOnDrop {
    clients: Weak<ClientMap>,
    runtime: Id,
}

impl Drop for RemoveOnDrop {
    fn drop(&mut self) {
        if let Some(clients) = self.clients.upgrade() {
            let mut clients = lock(&clients);
            let removed: Vec<_> = clients
                .extract_if(.., |(runtime, _)| *runtime == self.runtime)
                .collect();
            // The clients are dropped after the lock is released.
            drop(clients);
            drop(removed);
        }
    }
}

fn lock(clients: &ClientMap) -> MutexGuard<'_, Vec<(Id, Arc<RuntimeClient>)>> {
    clients.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::runtime::{Builder, Runtime};

    use super::{ClientPerRuntime, HttpOptions, lock};

    fn clients() -> ClientPerRuntime {
        ClientPerRuntime::new(HttpOptions {
            connect_timeout: Duration::from_secs(10),
            pool_idle_timeout: Duration::from_secs(50),
            uses_proxy: false,
        })
    }

    fn runtimes(count: usize) -> Vec<Runtime> {
        let build = |_| Builder::new_current_thread().enable_all().build();
        let runtimes: Result<_, _> = (0..count).map(build).collect();
        runtimes.expect("runtimes")
    }

    #[test]
    fn a_client_is_kept_for_each_runtime_until_that_ends() {
        let clients = clients();
        let mut runtimes = runtimes(40);
        for runtime in runtimes.iter().chain(&runtimes) {
            clients.get(runtime.handle(), false).expect("a client");
        }
        assert_eq!(lock(&clients.clients).len(), 40);
        drop(runtimes.split_off(25));
        assert_eq!(lock(&clients.clients).len(), 25);
        drop(runtimes);
        assert!(lock(&clients.clients).is_empty());
    }

    #[test]
    fn no_client_is_kept_for_a_runtime_that_has_ended() {
        let clients = clients();
        let runtime = runtimes(1).remove(0);
        let handle = runtime.handle().clone();
        drop(runtime);
        clients.get(&handle, false).expect("a client");
        assert!(lock(&clients.clients).is_empty());
    }

    #[test]
    fn dropped_clients_leave_no_task_on_a_runtime() {
        let runtime = runtimes(1).remove(0);
        for _ in 0..3 {
            let clients = clients();
            clients.get(runtime.handle(), false).expect("a client");
        }
        // A task ends at the first poll after the event that it waits for.
        runtime.block_on(tokio::task::yield_now());
        assert_eq!(runtime.metrics().num_alive_tasks(), 0);
    }
}
