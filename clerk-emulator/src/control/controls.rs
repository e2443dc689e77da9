//! What tests can do with an emulator, whether by this crate or over HTTP.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;
use tokio::runtime::Handle;

use crate::server::service::Service;
use crate::store::instance::Instance;
use crate::webhooks::registry::Registry;

/// Control of an emulator.
pub(crate) struct Controls {
    pub(crate) service: Arc<Service>,
    pub(crate) webhooks: Registry,
    /// The secret key of the instance that requests mean if they name none.
    pub(crate) default_key: &'static str,
    /// The address that the emulator listens on.
    pub(super) address: SocketAddr,
    /// Whether other machines may use the routes.
    pub(super) is_open: AtomicBool,
}

impl Controls {
    pub(crate) fn new(
        service: Arc<Service>,
        runtime: Handle,
        default_key: &'static str,
        address: SocketAddr,
    ) -> Self {
        Self {
            webhooks: Registry::new(service.clone(), runtime),
            service,
            default_key,
            address,
            is_open: AtomicBool::new(false),
        }
    }

    /// Lets other machines use the routes.
    pub(crate) fn open(&self) {
        self.is_open.store(true, Ordering::Relaxed);
    }

    /// Calls `with` with an instance, and notifies of the change; nothing if there is no such instance.
    pub(crate) fn change<T>(&self, key: &str, with: impl FnOnce(&mut Instance) -> T) -> Option<T> {
        let result = self.service.with_instance(key, with);
        self.service.notify_of_change();
        result
    }

    pub(crate) fn snapshot(&self, key: &str) -> Option<Value> {
        self.service
            .with_instance(key, |instance| instance.to_snapshot())
    }

    /// Replaces the state of an instance by that of a snapshot.
    pub(crate) fn load_snapshot(&self, key: &str, snapshot: &Value) -> Result<(), String> {
        let loaded = self.change(key, |instance| instance.load_snapshot(snapshot));
        loaded.unwrap_or_else(|| Err("there is no such instance".to_owned()))
    }

    /// Makes a new key sign tokens from now on, and returns its id. Tokens of the old keys stay valid unless these are
    /// dropped.
    pub(crate) fn rotate_key(&self, key: &str, drop_old: bool) -> Option<String> {
        self.change(key, |instance| {
            let id = instance.ids.id("ins", instance.clock.now());
            instance.keys.add(&id);
            if drop_old {
                instance.keys.drop_old();
            }
            id
        })
    }
}
