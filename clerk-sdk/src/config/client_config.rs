//! The configuration of a client: key, base URL, limits, headers, and the backend that sends requests.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderName, HeaderValue};

use super::transport::Transport;
use crate::backend::Backend;
use crate::base_url::{self, BaseUrl};
use crate::error::InvalidArgument;
use crate::generated::DEFAULT_BASE_URL;
use crate::headers::CustomHeaders;
use crate::rate_limit::RateLimiter;
use crate::retry::{RetryBudget, RetryPolicy};
use crate::secret_key::SecretKey;

/// The default of [`ClientConfig::timeout`]: 30 seconds.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);
/// The default of [`ClientConfig::attempt_timeout`]: 15 seconds.
pub const DEFAULT_ATTEMPT_TIMEOUT: Duration = Duration::from_secs(15);
/// The default of [`ClientConfig::max_response_bytes`]: 64 MiB.
pub const DEFAULT_MAX_RESPONSE_BYTES: usize = 64 * 1024 * 1024;

/// The configuration of a client: its key, the base URL, limits, headers, and the backend that sends requests.
///
/// Nothing is checked until a call is made. An invalid setting makes the call fail with
/// [`Error::InvalidArgument`](crate::Error::InvalidArgument), and nothing is sent.
///
/// All clients of a configuration and its clones share one transport, and so its connections: resource clients,
/// [`Clerk`](crate::Clerk), an `Authenticator` and the keys that it fetches. [`key`](Self::key) on a clone changes the
/// key and keeps the connections; [`backend`](Self::backend), [`connect_timeout`](Self::connect_timeout) and the layers
/// of the feature `tower` give it a transport of its own.
///
/// ```
/// use std::time::Duration;
/// use clerk_sdk::{ClientConfig, user};
///
/// let config = ClientConfig::new("sk_test_…").timeout(Duration::from_secs(5));
/// let client = user::Client::new(config);
/// ```
#[derive(Clone, Default)]
#[must_use = "a setter returns the changed value: assign it, or pass it on"]
pub struct ClientConfig {
    pub(super) key: Option<SecretKey>,
    base_url: Option<String>,
    allow_plain_http: bool,
    pub(super) transport: Transport,
    pub(crate) timeout: Option<Duration>,
    attempt_timeout: Option<Duration>,
    retry: Option<RetryPolicy>,
    retry_budget: RetryBudget,
    rate_limit: Option<Arc<dyn RateLimiter>>,
    pub(crate) max_response_bytes: Option<usize>,
    pub(super) headers: CustomHeaders,
}

impl ClientConfig {
    /// Creates a configuration with a secret key (`sk_live_…`, `sk_test_…`) and defaults for everything else.
    ///
    /// [`ClientConfig::default()`] has no key and uses the one of the process.
    pub fn new(key: impl Into<String>) -> Self {
        Self::default().key(key)
    }

    /// Sets the secret key. Clients that are created from clones with other keys share their connections, for example
    /// those of the instances of several tenants.
    ///
    /// ```
    /// use clerk_sdk::{Clerk, ClientConfig};
    ///
    /// let config = ClientConfig::default();
    /// let first = Clerk::new(config.clone().key("sk_live_first"));
    /// let second = Clerk::new(config.key("sk_live_second"));
    /// # let _ = (first, second);
    /// ```
    pub fn key(self, key: impl Into<String>) -> Self {
        self.with_secret_key(SecretKey::new(key))
    }

    pub(crate) fn with_secret_key(mut self, key: SecretKey) -> Self {
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

    /// Allows a [`base_url`](Self::base_url) with `http` to any machine, for networks whose traffic nobody else can
    /// read, such as that of a container group in which a mock server or a proxy with TLS runs.
    ///
    /// **The secret key is sent unencrypted.** Whoever reads it has full access to the instance.
    pub fn dangerously_allow_plain_http(mut self) -> Self {
        self.allow_plain_http = true;
        self
    }

    /// Sends calls through your own [`Backend`] instead of the default HTTP client: a type, or a closure. It replaces
    /// one that was set before, and the layers of the feature `tower` stay around it.
    pub fn backend(mut self, backend: impl Backend) -> Self {
        self.transport = self.transport.user_provided(Arc::new(backend));
        self
    }

    /// Limits how long opening a connection may take, with TLS; 10 seconds by default. It has no effect on your own
    /// [`backend`](Self::backend).
    ///
    /// An attempt has at most three quarters of its time for it, so that a call with a short limit fails with
    /// [`TimeoutPhase::Connect`](crate::TimeoutPhase::Connect) if it gets no connection: nothing was sent.
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.transport = self.transport.with_connect_timeout(limit);
        self
    }

    /// Limits how long a connection is kept without requests; 50 seconds by default. It has no effect on your own
    /// [`backend`](Self::backend).
    ///
    /// It should be shorter than the idle timeouts of the load balancers between you and the API, which are commonly 60
    /// seconds or more: if one closes a connection just when a request is sent, the request fails, and whether it was
    /// received is unknown. With zero, no connection is kept.
    pub fn pool_idle_timeout(mut self, limit: Duration) -> Self {
        self.transport = self.transport.with_pool_idle_timeout(limit);
        self
    }

    /// Connects directly, whatever proxies the environment names. It has no effect on your own
    /// [`backend`](Self::backend).
    ///
    /// Without it, requests go through the proxy in the environment variable `HTTPS_PROXY` or `ALL_PROXY` (for a base
    /// URL with plain http, `HTTP_PROXY` instead of the first), in upper or lower case, unless `NO_PROXY` lists the host. The settings of
    /// the operating system have no effect. Requests to this machine (`localhost`, `127.0.0.1`, `[::1]`) never go
    /// through a proxy. A proxy with SOCKS needs the feature `socks`.
    pub fn no_proxy(mut self) -> Self {
        self.transport = self.transport.without_proxy();
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

    /// Bounds the retries of each client, so that they do not multiply the traffic during an outage.
    pub fn retry_budget(mut self, budget: RetryBudget) -> Self {
        self.retry_budget = budget;
        self
    }

    /// Throttles calls so that they stay within a limit, such as [`RateLimit`](crate::RateLimit); there is none by
    /// default.
    pub fn rate_limit(mut self, limiter: impl RateLimiter) -> Self {
        self.rate_limit = Some(Arc::new(limiter));
        self
    }

    /// Limits how many requests are in flight at once, among all clients that share the connections; 500 by default, and
    /// at least 1. Each may need a connection, and a process can often open only 1,024 files.
    ///
    /// Further calls wait, within their time limit, until a request has ended; a call that waits before a retry does
    /// not count. A call that would have too little time left fails with
    /// [`TimeoutPhase::InFlight`](crate::TimeoutPhase::InFlight), and nothing is sent.
    ///
    /// Requests count as long as their futures exist, even if nobody polls these, as in a buffered stream whose consumer
    /// makes calls itself. So that such calls do not wait in vain, one call goes ahead whenever no request has ended for
    /// a second.
    ///
    /// Outside a tokio runtime, a call fails at once if there is no room.
    pub fn max_in_flight(mut self, requests: usize) -> Self {
        self.transport = self.transport.with_max_in_flight(requests);
        self
    }

    /// Limits how many bytes of a response body are read, counted after decompression; 64 MiB by default.
    pub fn max_response_bytes(mut self, limit: usize) -> Self {
        self.max_response_bytes = Some(limit);
        self
    }

    /// Sends a header with every call. Strings are accepted, as are [`HeaderName`] and [`HeaderValue`].
    ///
    /// It replaces the header of that name that this crate sends, except for `Authorization`, which contains the
    /// key, and the `Content-Type` of a body. Headers that frame the message or belong to the connection, such as
    /// `Content-Length`, `Host` and `Connection`, make the call fail with
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument).
    ///
    /// ```
    /// use clerk_sdk::ClientConfig;
    /// use http::header::{HeaderValue, USER_AGENT};
    ///
    /// let config = ClientConfig::new("sk_test_…")
    ///     .header("x-team", "billing")
    ///     .header(USER_AGENT, HeaderValue::from_static("invoices/1.4"));
    /// # let _ = config;
    /// ```
    pub fn header(
        mut self,
        name: impl TryInto<HeaderName>,
        value: impl TryInto<HeaderValue>,
    ) -> Self {
        self.headers.add(name, value);
        self
    }
}

/// The settings, with defaults for those that are not set.
impl ClientConfig {
    pub(super) fn checked_base_url(&self) -> Result<BaseUrl, InvalidArgument> {
        let url = self.base_url.as_deref().unwrap_or(DEFAULT_BASE_URL);
        BaseUrl::parse(url, self.allow_plain_http)
    }

    pub(crate) fn effective_connect_timeout(&self) -> Option<Duration> {
        self.transport.effective_connect_timeout()
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

    pub(super) fn effective_retry_budget(&self) -> RetryBudget {
        self.retry_budget
    }

    pub(crate) fn effective_rate_limit(&self) -> Option<&dyn RateLimiter> {
        self.rate_limit.as_deref()
    }

    pub(crate) fn effective_max_response_bytes(&self) -> usize {
        self.max_response_bytes
            .unwrap_or(DEFAULT_MAX_RESPONSE_BYTES)
    }
}

/// Shows neither the key nor the values of headers.
impl fmt::Debug for ClientConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientConfig")
            .field("key", &self.key)
            .field(
                "base_url",
                &self.base_url.as_deref().map(base_url::redacted),
            )
            .field("transport", &self.transport)
            .field("timeout", &self.timeout)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("retry", &self.retry)
            .field("retry_budget", &self.retry_budget)
            .field("rate_limit", &self.rate_limit.is_some())
            .field("max_response_bytes", &self.max_response_bytes)
            .field("headers", &self.headers)
            .finish()
    }
}
