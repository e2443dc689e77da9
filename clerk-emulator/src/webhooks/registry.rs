//! The registered endpoints: where the events of each instance go.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::runtime::Handle;
use tokio::task::AbortHandle;

use super::delivery::deliver;
use super::endpoint::Endpoint;
use super::options::WebhookOptions;
use crate::server::service::Service;

/// A registered endpoint.
#[derive(Clone, Debug)]
pub(crate) struct Registered {
    pub(crate) id: String,
    /// The key of the instance.
    pub(crate) secret_key: String,
    pub(crate) url: String,
    /// The secret with which the endpoint can verify the signatures.
    pub(crate) secret: String,
    task: AbortHandle,
}

/// The registered endpoints. Deliveries run on the runtime of the server, and end with it.
pub(crate) struct Registry {
    service: Arc<Service>,
    runtime: Handle,
    endpoints: Mutex<Vec<Registered>>,
}

impl Registry {
    pub(crate) fn new(service: Arc<Service>, runtime: Handle) -> Self {
        Self {
            service,
            runtime,
            endpoints: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Registered>> {
        self.endpoints
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Registers an endpoint for the events of an instance from now on; nothing if there is no such instance.
    pub(crate) fn add(
        &self,
        secret_key: &str,
        url: &str,
        options: WebhookOptions,
    ) -> Option<Registered> {
        let (id, key, first) = self.service.with_instance(secret_key, |instance| {
            let id = instance.ids.hex_id("ep");
            let key = instance.ids.secret(24).into_bytes();
            (id, key, instance.events.end())
        })?;
        let endpoint = Endpoint::new(url, key);
        let secret = endpoint.secret();
        let (service, key) = (self.service.clone(), secret_key.to_owned());
        let delivery = deliver(service, key, endpoint, first, options);
        let registered = Registered {
            id,
            secret_key: secret_key.to_owned(),
            url: url.to_owned(),
            secret,
            task: self.runtime.spawn(delivery).abort_handle(),
        };
        self.lock().push(registered.clone());
        Some(registered)
    }

    /// Returns the endpoints of an instance.
    pub(crate) fn of(&self, secret_key: &str) -> Vec<Registered> {
        let all = self.lock();
        let endpoints = all.iter().filter(|it| it.secret_key == secret_key);
        endpoints.cloned().collect()
    }

    /// Removes the endpoint of an instance with this id, or all of them without one. Returns how many there were.
    pub(crate) fn remove(&self, secret_key: &str, id: Option<&str>) -> usize {
        let is_removed =
            |it: &Registered| it.secret_key == secret_key && id.is_none_or(|id| id == it.id);
        let mut all = self.lock();
        let count = all.len();
        all.iter()
            .filter(|it| is_removed(it))
            .for_each(|it| it.task.abort());
        all.retain(|it| !is_removed(it));
        count - all.len()
    }
}
