//! The configuration of a client: key, base URL, limits, headers, and the backend that sends requests.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::backend::{Backend, ReqwestOptions};
use crate::base_url::BaseUrl;
use crate::error::InvalidArgument;
use crate::generated::DEFAULT_BASE_URL;
use crate::rate_limit::RateLimit;
use crate::retry::RetryPolicy;
use crate::secret_key::SecretKey;

/// The default of [`ClientConfig::connect_timeout`]: 10 seconds.
pub const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The default of [`ClientConfig::timeout`]: 30 seconds.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);
/// The default of [`ClientConfig::attempt_timeout`]: 15 seconds.
pub const DEFAULT_ATTEMPT_TIMEOUT: Duration = Duration::from_secs(15);
/// The default of [`ClientConfig::max_response_bytes`]: 64 MiB.
pub const DEFAULT_MAX_RESPONSE_BYTES: usize = 64 * 1024 * 1024;

/// Creates the backend of a client from the options of the default backend.
type BackendFactory = dyn Fn(ReqwestOptions) -> Arc<dyn Backend> + Send + Sync;

/// The configuration of a client: its key, the base URL, limits, headers, and the backend that sends requests.
///
/// Nothing is checked until a call is made. An invalid setting makes the call fail with
/// [`Error::InvalidArgument`](crate::Error::InvalidArgument), and nothing is sent.
///
/// ```
/// use std::time::Duration;
/// use clerk_sdk::{ClientConfig, user};
///
/// let config = ClientConfig::new("sk_test_…").timeout(Duration::from_secs(5));
/// let client = user::Client::new(config);
/// ```
#[derive(Clone, Default)]
pub struct ClientConfig {
    pub(super) key: Option<SecretKey>,
    base_url: Option<String>,
    backend_factory: Option<Arc<BackendFactory>>,
    http_client: Option<reqwest::Client>,
    connect_timeout: Option<Duration>,
    pub(crate) timeout: Option<Duration>,
    attempt_timeout: Option<Duration>,
    retry: Option<RetryPolicy>,
    rate_limit: Option<RateLimit>,
    pub(crate) max_response_bytes: Option<usize>,
    pub(super) headers: Vec<(String, String)>,
}

impl ClientConfig {
    /// Creates a configuration with a secret key (`sk_live_…`, `sk_test_…`) and defaults for everything else.
    ///
    /// [`ClientConfig::default()`] has no key and uses the one of the process.
    pub fn new(key: impl Into<String>) -> Self {
        Self::default().with_key(SecretKey::new(key))
    }

    pub(crate) fn with_key(mut self, key: SecretKey) -> Self {
        self.key = Some(key);
        self
    }

    /// Sets the base URL, including the `/v1`, instead of [`DEFAULT_BASE_URL`].
    ///
    /// It must be `https`, or `http` to this machine (`localhost`, `127.0.0.1`, `[::1]`).
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Sends calls through your own `reqwest` client, with its proxy, TLS, connection pool and connect timeout.
    ///
    /// [`connect_timeout`](Self::connect_timeout) has no effect then. If your client follows redirects, `reqwest`
    /// removes the key from requests to other hosts; the default client follows no redirects.
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http_client = Some(client);
        self
    }

    /// Sends calls through your own [`Backend`] instead of `reqwest`.
    pub fn backend(self, backend: impl Backend) -> Self {
        let backend: Arc<dyn Backend> = Arc::new(backend);
        self.backend_factory(move |_| backend.clone())
    }

    pub(super) fn backend_factory(
        mut self,
        create: impl Fn(ReqwestOptions) -> Arc<dyn Backend> + Send + Sync + 'static,
    ) -> Self {
        self.backend_factory = Some(Arc::new(create));
        self
    }

    /// Limits how long opening a connection may take; 10 seconds by default.
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = Some(limit);
        self
    }

    /// Limits how long a whole call may take, with all its attempts and the waits between them; 30 seconds by
    /// default. [`Call::timeout`](crate::Call::timeout) sets it for one call.
    ///
    /// Timeouts need tokio's timer. A call panics in a tokio runtime that has none: `enable_all` enables the timer
    /// and the network. Outside tokio, the default backend cannot connect; with your own
    /// [`backend`](Self::backend), a call is a single attempt that takes as long as the backend does, and a call
    /// that the [`rate_limit`](Self::rate_limit) would throttle fails at once.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// Limits how long one attempt of a call may take, from the first byte sent to the last one received; 15
    /// seconds by default.
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.attempt_timeout = Some(limit);
        self
    }

    /// Sets the retry policy of failed calls; [`RetryPolicy::none`] disables retries.
    /// [`Call::retry`](crate::Call::retry) sets it for one call.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }

    /// Throttles calls so that they stay within this limit; there is no limit by default.
    pub fn rate_limit(mut self, limit: RateLimit) -> Self {
        self.rate_limit = Some(limit);
        self
    }

    /// Limits how many bytes of a response body are read; 64 MiB by default.
    pub fn max_response_bytes(mut self, limit: usize) -> Self {
        self.max_response_bytes = Some(limit);
        self
    }

    /// Sends a header with every call.
    ///
    /// It replaces the header of that name that this crate sends, except for `Authorization`, which contains the
    /// key, and the `Content-Type` of a body.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

/// The settings, with defaults for those that are not set.
impl ClientConfig {
    pub(super) fn checked_base_url(&self) -> Result<BaseUrl, InvalidArgument> {
        BaseUrl::parse(self.base_url.as_deref().unwrap_or(DEFAULT_BASE_URL))
    }

    pub(super) fn reqwest_options(&self) -> ReqwestOptions {
        ReqwestOptions {
            http_client: self.http_client.clone(),
            connect_timeout: self.connect_timeout.unwrap_or(DEFAULT_CONNECT_TIMEOUT),
            base_url: self.checked_base_url().ok(),
            max_response_bytes: self
                .max_response_bytes
                .unwrap_or(DEFAULT_MAX_RESPONSE_BYTES),
        }
    }

    pub(super) fn create_backend(&self) -> Option<Arc<dyn Backend>> {
        let create = self.backend_factory.as_ref()?;
        Some(create(self.reqwest_options()))
    }

    /// The connect timeout, or `None` if the user's own HTTP client is used, which has its own.
    pub(crate) fn effective_connect_timeout(&self) -> Option<Duration> {
        let limit = self.connect_timeout.unwrap_or(DEFAULT_CONNECT_TIMEOUT);
        self.http_client.is_none().then_some(limit)
    }

    pub(crate) fn effective_timeout(&self) -> Duration {
        self.timeout.unwrap_or(DEFAULT_TIMEOUT)
    }

    pub(crate) fn effective_attempt_timeout(&self) -> Duration {
        self.attempt_timeout.unwrap_or(DEFAULT_ATTEMPT_TIMEOUT)
    }

    pub(crate) fn effective_retry(&self) -> RetryPolicy {
        self.retry.clone().unwrap_or_default()
    }

    pub(crate) fn effective_rate_limit(&self) -> Option<&RateLimit> {
        self.rate_limit.as_ref()
    }
}

/// Shows neither the key nor the values of headers.
impl fmt::Debug for ClientConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| &**name).collect();
        f.debug_struct("ClientConfig")
            .field("key", &self.key)
            .field("base_url", &self.base_url)
            .field("own_backend", &self.backend_factory.is_some())
            .field("own_http_client", &self.http_client.is_some())
            .field("connect_timeout", &self.connect_timeout)
            .field("timeout", &self.timeout)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("retry", &self.retry)
            .field("rate_limit", &self.rate_limit)
            .field("max_response_bytes", &self.max_response_bytes)
            .field("headers", &names)
            .finish()
    }
}
