//! The handle that the client of each resource has: its own core, or the default one of the process.

use std::fmt;
use std::sync::Arc;

use super::client_config::ClientConfig;
use super::client_core::ClientCore;
use super::process_defaults;

/// A handle to a [`ClientCore`]. The default handle looks up the core of the process at each call.
#[derive(Clone, Default)]
pub(crate) struct ClientHandle(Option<Arc<ClientCore>>);

impl ClientHandle {
    pub(crate) fn new(config: ClientConfig) -> Self {
        Self(Some(Arc::new(ClientCore::new(config))))
    }

    /// Returns a handle with another key, which shares the connections.
    pub(crate) fn with_key(&self, key: impl Into<String>) -> Self {
        Self::new(self.core().config.clone().key(key))
    }

    /// Whether the key belongs to a production instance.
    #[cfg(feature = "auth")]
    pub(crate) fn has_live_key(&self) -> bool {
        let key = self.core().config.effective_key(process_defaults::key);
        key.is_ok_and(|key| key.is_live())
    }

    pub(crate) fn core(&self) -> Arc<ClientCore> {
        self.0.clone().unwrap_or_else(process_defaults::core)
    }
}

impl fmt::Debug for ClientHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(core) => core.config.fmt(f),
            None => f.write_str("the default of the process"),
        }
    }
}
