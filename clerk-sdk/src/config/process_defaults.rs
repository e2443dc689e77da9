//! The process-wide state: the default key, the default configuration, and the core that the free functions share.

use std::mem;
use std::sync::{Arc, LazyLock, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::client_config::ClientConfig;
use super::client_core::ClientCore;
use crate::secret_key::SecretKey;

/// The environment variable that holds the secret key, if the program sets none.
pub const SECRET_KEY_ENV_VAR: &str = "CLERK_SECRET_KEY";

static KEY: RwLock<Option<SecretKey>> = RwLock::new(None);
static CONFIG: LazyLock<RwLock<Arc<ProcessConfig>>> = LazyLock::new(RwLock::default);

/// A default configuration, and the core that is created from it.
#[derive(Default)]
struct ProcessConfig {
    /// The number of calls of [`set_config`] before this one was set.
    generation: u64,
    config: ClientConfig,
    /// Created by the first call. No lock is held meanwhile, as it runs code of the user.
    core: OnceLock<Arc<ClientCore>>,
}

/// Sets the secret key that every client without a key of its own uses.
///
/// Call it again to rotate the key: the next call uses the new one. If it is never called, each call reads the
/// `CLERK_SECRET_KEY` environment variable, without white space around its value.
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
    let mut current = write(&CONFIG);
    let new = ProcessConfig {
        generation: current.generation + 1,
        config,
        core: OnceLock::new(),
    };
    let old = mem::replace(&mut *current, Arc::new(new));
    // Dropping the old one runs code of the user, so the lock is released before.
    drop(current);
    drop(old);
}

/// The key for configurations without one: that of [`set_key`], or else that of the environment.
pub(crate) fn key() -> Option<SecretKey> {
    let set = read(&KEY).clone();
    set.or_else(|| SecretKey::from_env(SECRET_KEY_ENV_VAR))
}

/// The default configuration, with a number that changes whenever it is set.
#[cfg(feature = "jwt")]
pub(crate) fn config() -> (u64, ClientConfig) {
    let current = read(&CONFIG);
    (current.generation, current.config.clone())
}

/// The core of the default configuration.
pub(crate) fn core() -> Arc<ClientCore> {
    let current = read(&CONFIG);
    if let Some(core) = current.core.get() {
        return core.clone();
    }
    let unlocked = current.clone();
    drop(current);
    let create = || Arc::new(ClientCore::new(unlocked.config.clone()));
    unlocked.core.get_or_init(create).clone()
}

/// A poisoned lock still holds a valid value: each one is only ever replaced as a whole.
fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
