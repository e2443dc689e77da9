//! How requests are sent: the backend that the clients of a configuration share, created by the first of them.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::backend::{Backend, HttpOptions, ReqwestBackend};

/// The default of [`ClientConfig::connect_timeout`](crate::ClientConfig::connect_timeout): 10 seconds.
pub const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Creates the backend around the default one.
#[cfg(feature = "tower")]
type WrapFn = dyn Fn(ReqwestBackend) -> Arc<dyn Backend> + Send + Sync;

/// The transport of a configuration. Clones share the backend, and so its connections.
#[derive(Clone, Default)]
pub(super) struct Transport {
    kind: TransportKind,
    connect_timeout: Option<Duration>,
    no_proxy: bool,
    created: Arc<OnceLock<Arc<dyn Backend>>>,
}

#[derive(Clone, Default)]
enum TransportKind {
    #[default]
    Default,
    #[cfg(feature = "tower")]
    Wrapped(Arc<WrapFn>),
    UserProvided(Arc<dyn Backend>),
}

impl Transport {
    /// Sends requests through the user's backend.
    pub(super) fn user_provided(self, backend: Arc<dyn Backend>) -> Self {
        self.with_kind(TransportKind::UserProvided(backend))
    }

    /// Sends requests through what `wrap` creates around the default backend.
    #[cfg(feature = "tower")]
    pub(super) fn wrapped(
        self,
        wrap: impl Fn(ReqwestBackend) -> Arc<dyn Backend> + Send + Sync + 'static,
    ) -> Self {
        self.with_kind(TransportKind::Wrapped(Arc::new(wrap)))
    }

    pub(super) fn with_connect_timeout(self, limit: Duration) -> Self {
        Self {
            connect_timeout: Some(limit),
            ..self.with_own_backend()
        }
    }

    pub(super) fn without_proxy(self) -> Self {
        Self {
            no_proxy: true,
            ..self.with_own_backend()
        }
    }

    fn with_kind(self, kind: TransportKind) -> Self {
        Self {
            kind,
            ..self.with_own_backend()
        }
    }

    /// Separates the transport from its clones, which keep the backend of the former settings.
    fn with_own_backend(self) -> Self {
        Self {
            created: Arc::default(),
            ..self
        }
    }

    /// The backend, created at the first use.
    pub(super) fn backend(&self) -> Arc<dyn Backend> {
        self.created.get_or_init(|| self.create()).clone()
    }

    fn create(&self) -> Arc<dyn Backend> {
        let options = HttpOptions {
            connect_timeout: self.connect_timeout.unwrap_or(DEFAULT_CONNECT_TIMEOUT),
            uses_proxy: !self.no_proxy,
        };
        match &self.kind {
            TransportKind::Default => Arc::new(ReqwestBackend::per_runtime(options)),
            #[cfg(feature = "tower")]
            TransportKind::Wrapped(wrap) => wrap(ReqwestBackend::per_runtime(options)),
            TransportKind::UserProvided(backend) => backend.clone(),
        }
    }

    /// Whether it can connect to `https` URLs: the default backend needs a feature for TLS.
    pub(super) fn supports_https(&self) -> bool {
        cfg!(any(feature = "rustls", feature = "native-tls")) || self.is_user_provided()
    }

    /// Whether requests are sent through a backend of the user's, which has its own TLS and time limits.
    fn is_user_provided(&self) -> bool {
        matches!(self.kind, TransportKind::UserProvided(_))
    }

    /// The connect timeout, or `None` if the user's backend has its own.
    pub(super) fn effective_connect_timeout(&self) -> Option<Duration> {
        let limit = self.connect_timeout.unwrap_or(DEFAULT_CONNECT_TIMEOUT);
        (!self.is_user_provided()).then_some(limit)
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            TransportKind::Default => "default",
            #[cfg(feature = "tower")]
            TransportKind::Wrapped(_) => "tower",
            TransportKind::UserProvided(_) => "own backend",
        };
        f.debug_struct("Transport")
            .field("kind", &kind)
            .field("connect_timeout", &self.connect_timeout)
            .field("no_proxy", &self.no_proxy)
            .finish_non_exhaustive()
    }
}
