//! One `reqwest` client for each tokio runtime.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::runtime::{Handle, Id};
use tokio::sync::watch;

use super::tls;
use crate::backend::error::BackendError;

/// The clients of the runtimes that have made calls, each for as long as its runtime lives.
///
/// The task of a connection lives on the runtime that opened it. Some servers give each of their threads a runtime,
/// and tests often have one each while they share the process-wide client: with one pool, a test could pick a
/// connection that dies with the runtime of another test.
pub(super) struct ClientPerRuntime {
    connect_timeout: Duration,
    /// Whether the proxies of the environment are used.
    uses_proxy: bool,
    clients: Arc<ClientMap>,
    /// Dropping it ends the tasks that wait for the end of their runtimes.
    alive: watch::Sender<()>,
}

type ClientMap = Mutex<HashMap<Id, reqwest::Client>>;

impl ClientPerRuntime {
    pub(super) fn new(connect_timeout: Duration, uses_proxy: bool) -> Self {
        Self {
            connect_timeout,
            uses_proxy,
            clients: Arc::default(),
            alive: watch::Sender::new(()),
        }
    }

    pub(super) fn get(&self, runtime: &Handle) -> Result<reqwest::Client, BackendError> {
        if let Some(client) = lock(&self.clients).get(&runtime.id()) {
            return Ok(client.clone());
        }
        // Built without holding the lock: several threads may each build a client, and the first one is kept.
        let client = self.build()?;
        let mut clients = lock(&self.clients);
        if let Some(client) = clients.get(&runtime.id()) {
            return Ok(client.clone());
        }
        clients.insert(runtime.id(), client.clone());
        drop(clients);
        self.remove_when_runtime_ends(runtime);
        Ok(client)
    }

    fn build(&self) -> Result<reqwest::Client, BackendError> {
        let mut builder = reqwest::Client::builder()
            .connect_timeout(self.connect_timeout)
            // The API does not redirect, so following a redirect could only send the call to the wrong server.
            .redirect(reqwest::redirect::Policy::none());
        if !self.uses_proxy {
            builder = builder.no_proxy();
        }
        tls::configure(builder)?
            .build()
            .map_err(BackendError::connect)
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

/// Removes the client of a runtime when it is dropped.
struct RemoveOnDrop {
    clients: Weak<ClientMap>,
    runtime: Id,
}

impl Drop for RemoveOnDrop {
    fn drop(&mut self) {
        if let Some(clients) = self.clients.upgrade() {
            // The client is dropped after the lock is released.
            let client = lock(&clients).remove(&self.runtime);
            drop(client);
        }
    }
}

fn lock(clients: &ClientMap) -> MutexGuard<'_, HashMap<Id, reqwest::Client>> {
    clients.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::runtime::{Builder, Runtime};

    use super::{ClientPerRuntime, lock};

    const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

    fn runtimes(count: usize) -> Vec<Runtime> {
        let build = |_| Builder::new_current_thread().enable_all().build();
        let runtimes: Result<_, _> = (0..count).map(build).collect();
        runtimes.expect("runtimes")
    }

    #[test]
    fn a_client_is_kept_for_each_runtime_until_that_ends() {
        let clients = ClientPerRuntime::new(CONNECT_TIMEOUT, false);
        let mut runtimes = runtimes(40);
        for runtime in runtimes.iter().chain(&runtimes) {
            clients.get(runtime.handle()).expect("a client");
        }
        assert_eq!(lock(&clients.clients).len(), 40);
        drop(runtimes.split_off(25));
        assert_eq!(lock(&clients.clients).len(), 25);
        drop(runtimes);
        assert!(lock(&clients.clients).is_empty());
    }

    #[test]
    fn no_client_is_kept_for_a_runtime_that_has_ended() {
        let clients = ClientPerRuntime::new(CONNECT_TIMEOUT, false);
        let runtime = runtimes(1).remove(0);
        let handle = runtime.handle().clone();
        drop(runtime);
        clients.get(&handle).expect("a client");
        assert!(lock(&clients.clients).is_empty());
    }

    #[test]
    fn dropped_clients_leave_no_task_on_a_runtime() {
        let runtime = runtimes(1).remove(0);
        for _ in 0..3 {
            let clients = ClientPerRuntime::new(CONNECT_TIMEOUT, false);
            clients.get(runtime.handle()).expect("a client");
        }
        // A task ends at the first poll after the event that it waits for.
        runtime.block_on(tokio::task::yield_now());
        assert_eq!(runtime.metrics().num_alive_tasks(), 0);
    }
}
