//! The process-wide state: the default key, the default configuration, and the core that the free functions share.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::client_config::ClientConfig;
use super::client_core::ClientCore;
use crate::secret_key::SecretKey;

/// The environment variable that holds the secret key, if the program sets none.
pub const KEY_VARIABLE: &str = "CLERK_SECRET_KEY";

static KEY: RwLock<Option<SecretKey>> = RwLock::new(None);
static CONFIG: RwLock<VersionedConfig> = RwLock::new(VersionedConfig {
    generation: 0,
    config: None,
    core: None,
});

struct VersionedConfig {
    /// The number of calls of [`set_config`].
    generation: u64,
    config: Option<ClientConfig>,
    /// Created by the first call after `config` was set.
    core: Option<Arc<ClientCore>>,
}

/// Sets the secret key that every client without a key of its own uses.
///
/// Call it again to rotate the key: the next call uses the new one. If it is never called, each call reads the
/// `CLERK_SECRET_KEY` environment variable.
///
/// ```
/// clerk_sdk::set_key("sk_test_…");
/// ```
pub fn set_key(key: impl Into<String>) {
    *write(&KEY) = Some(SecretKey::new(key));
}

/// Sets the configuration that the free functions and `Client::default()` use from now on.
///
/// A key in `config` takes precedence over the key of [`set_key`]. Tests use this to send all calls to a local
/// server.
pub fn set_config(config: ClientConfig) {
    let mut defaults = write(&CONFIG);
    defaults.generation += 1;
    defaults.config = Some(config);
    defaults.core = None;
}

/// The key for configurations without one: that of [`set_key`], or else that of the environment.
pub(crate) fn key() -> Option<SecretKey> {
    let set = read(&KEY).clone();
    set.or_else(|| std::env::var(KEY_VARIABLE).ok().map(SecretKey::new))
}

/// The default configuration, with a number that changes whenever it is set.
#[cfg(feature = "jwt")]
pub(crate) fn config() -> (u64, ClientConfig) {
    let defaults = read(&CONFIG);
    let config = defaults.config.clone().unwrap_or_default();
    (defaults.generation, config)
}

/// The core of the default configuration.
pub(crate) fn core() -> Arc<ClientCore> {
    if let Some(core) = &read(&CONFIG).core {
        return core.clone();
    }
    let mut defaults = write(&CONFIG);
    let VersionedConfig { config, core, .. } = &mut *defaults;
    let create = || Arc::new(ClientCore::new(config.clone().unwrap_or_default()));
    core.get_or_insert_with(create).clone()
}

/// A poisoned lock still holds a valid value: each one is only ever replaced as a whole.
fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
