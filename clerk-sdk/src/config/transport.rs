//! How requests are sent: the backend that the clients of a configuration share, created by the first of them.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::in_flight::InFlight;
use crate::backend::{Backend, HttpOptions, ReqwestBackend};
#[cfg(feature = "tower")]
use crate::backend::{FlaggingBackend, LostFlags};

/// The default of [`ClientConfig::connect_timeout`](crate::ClientConfig::connect_timeout): 10 seconds.
pub const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The default of [`ClientConfig::pool_idle_timeout`](crate::ClientConfig::pool_idle_timeout): 50 seconds.
pub const DEFAULT_POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(50);

/// Bounds the time, as adding a longer one to an instant could overflow.
const MAX_POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(365 * 24 * 3600);

/// The default of [`ClientConfig::max_in_flight`](crate::ClientConfig::max_in_flight): 500 requests.
pub const DEFAULT_MAX_IN_FLIGHT: usize = 500;

/// Creates a backend around another.
#[cfg(feature = "tower")]
type WrapFn = dyn Fn(Arc<dyn Backend>) -> Arc<dyn Backend> + Send + Sync;

/// The transport of a configuration. Clones share the backend, and so its connections.
#[derive(Clone, Default)]
pub(super) struct Transport {
    innermost: Innermost,
    /// From the inside out.
    #[cfg(feature = "tower")]
    layers: Vec<Arc<WrapFn>>,
    connect_timeout: Option<Duration>,
    pool_idle_timeout: Option<Duration>,
    no_proxy: bool,
    max_in_flight: Option<usize>,
    created: Arc<OnceLock<OpenTransport>>,
}

/// What all clients of a transport share.
#[derive(Clone)]
pub(crate) struct OpenTransport {
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) in_flight: Arc<InFlight>,
    /// Set if there are layers around the backend, which may hold requests back.
    #[cfg(feature = "tower")]
    pub(crate) lost_flags: Option<LostFlags>,
}

/// The backend within all layers.
#[derive(Clone, Default)]
enum Innermost {
    #[default]
    Default,
    UserProvided(Arc<dyn Backend>),
}

impl Transport {
    /// Sends requests through the user's backend, within the layers.
    pub(super) fn user_provided(self, backend: Arc<dyn Backend>) -> Self {
        Self {
            innermost: Innermost::UserProvided(backend),
            ..self.with_own_backend()
        }
    }

    /// Adds a layer around the backend and the layers so far.
    #[cfg(feature = "tower")]
    pub(super) fn wrapped(
        self,
        wrap: impl Fn(Arc<dyn Backend>) -> Arc<dyn Backend> + Send + Sync + 'static,
    ) -> Self {
        let mut wrapped = self.with_own_backend();
        wrapped.layers.push(Arc::new(wrap));
        wrapped
    }

    pub(super) fn with_connect_timeout(self, limit: Duration) -> Self {
        Self {
            connect_timeout: Some(limit),
            ..self.with_own_backend()
        }
    }

    pub(super) fn with_pool_idle_timeout(self, limit: Duration) -> Self {
        Self {
            pool_idle_timeout: Some(limit),
            ..self.with_own_backend()
        }
    }

    pub(super) fn with_max_in_flight(self, requests: usize) -> Self {
        Self {
            max_in_flight: Some(requests),
            ..self.with_own_backend()
        }
    }

    pub(super) fn without_proxy(self) -> Self {
        Self {
            no_proxy: true,
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

    /// Returns what the clients share, which the first use creates.
    pub(super) fn open(&self) -> OpenTransport {
        self.created.get_or_init(|| self.create()).clone()
    }

    fn create(&self) -> OpenTransport {
        let max_in_flight = self.max_in_flight.unwrap_or(DEFAULT_MAX_IN_FLIGHT);
        let open = OpenTransport {
            backend: self.innermost_backend(),
            in_flight: Arc::new(InFlight::new(max_in_flight)),
            #[cfg(feature = "tower")]
            lost_flags: None,
        };
        #[cfg(feature = "tower")]
        let open = self.add_layers(open);
        open
    }

    fn innermost_backend(&self) -> Arc<dyn Backend> {
        match &self.innermost {
            Innermost::Default => Arc::new(ReqwestBackend::per_runtime(self.http_options())),
            Innermost::UserProvided(backend) => backend.clone(),
        }
    }

    #[cfg(feature = "tower")]
    fn add_layers(&self, open: OpenTransport) -> OpenTransport {
        if self.layers.is_empty() {
            return open;
        }
        let lost_flags = LostFlags::default();
        let innermost = FlaggingBackend::new(open.backend, lost_flags.clone());
        let innermost: Arc<dyn Backend> = Arc::new(innermost);
        OpenTransport {
            backend: self
                .layers
                .iter()
                .fold(innermost, |inner, wrap| wrap(inner)),
            lost_flags: Some(lost_flags),
            ..open
        }
    }

    fn http_options(&self) -> HttpOptions {
        HttpOptions {
            connect_timeout: self.connect_timeout.unwrap_or(DEFAULT_CONNECT_TIMEOUT),
            pool_idle_timeout: self
                .pool_idle_timeout
                .unwrap_or(DEFAULT_POOL_IDLE_TIMEOUT)
                .min(MAX_POOL_IDLE_TIMEOUT),
            uses_proxy: !self.no_proxy,
        }
    }

    /// Whether it can connect to `https` URLs: the default backend needs a feature for TLS.
    pub(super) fn supports_https(&self) -> bool {
        cfg!(any(feature = "__rustls", feature = "native-tls")) || self.is_user_provided()
    }

    /// Whether requests are sent through a backend of the user's, which has its own TLS and time limits.
    fn is_user_provided(&self) -> bool {
        matches!(self.innermost, Innermost::UserProvided(_))
    }

    /// The connect timeout, or `None` if the user's backend has its own.
    pub(super) fn effective_connect_timeout(&self) -> Option<Duration> {
        let limit = self.connect_timeout.unwrap_or(DEFAULT_CONNECT_TIMEOUT);
        (!self.is_user_provided()).then_some(limit)
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("own_backend", &self.is_user_provided())
            .field("connect_timeout", &self.connect_timeout)
            .field("pool_idle_timeout", &self.pool_idle_timeout)
            .field("no_proxy", &self.no_proxy)
            .field("max_in_flight", &self.max_in_flight)
            .finish_non_exhaustive()
    }
}
