//! Who calls and where to: keys, addresses, limits, and the defaults of the whole process.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::error::{Error, InvalidArgument};
use crate::{Backend, DEFAULT_BASE_URL, RateLimit, RetryPolicy};

/// The default of [`ClientConfig::connect_timeout`].
pub const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The default of [`ClientConfig::timeout`].
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);
/// The default of [`ClientConfig::attempt_timeout`].
pub const DEFAULT_ATTEMPT_TIMEOUT: Duration = Duration::from_secs(15);
/// The default of [`ClientConfig::max_response_bytes`]: 64 MiB.
pub const DEFAULT_MAX_RESPONSE_BYTES: usize = 64 * 1024 * 1024;
/// The environment variable that holds the key where the program sets none.
pub const KEY_VARIABLE: &str = "CLERK_SECRET_KEY";

static DEFAULTS: RwLock<Option<ClientConfig>> = RwLock::new(None);
static GENERATION: AtomicU64 = AtomicU64::new(0);
static DEFAULT_KEY: RwLock<Option<SecretKey>> = RwLock::new(None);

/// Sets the secret key that the whole process uses where no client brings its own.
///
/// It may be called again, for example to rotate the key: the next call uses the new one.
/// Without it, the `CLERK_SECRET_KEY` environment variable is read at each call.
///
/// ```
/// clerk_sdk::set_key("sk_test_…");
/// ```
pub fn set_key(key: impl Into<String>) {
    *write(&DEFAULT_KEY) = Some(SecretKey(key.into()));
}

/// Sets the configuration that the free functions and `Client::default()` use from now on.
///
/// A key in `config` comes before the one of [`set_key`]. Tests use this to send every call to a
/// server of their own.
pub fn set_config(config: ClientConfig) {
    *write(&DEFAULTS) = Some(config);
    GENERATION.fetch_add(1, Ordering::SeqCst);
    crate::settings::forget_default();
}

/// Which configuration of the process this is: it counts the calls of [`set_config`].
#[cfg(feature = "jwt")]
pub(crate) fn generation() -> u64 {
    GENERATION.load(Ordering::SeqCst)
}

pub(crate) fn default_config() -> ClientConfig {
    read(&DEFAULTS).clone().unwrap_or_default()
}

/// Makes what sends the requests of a client, with what else its configuration says.
type MakeBackend = dyn Fn(&ClientConfig) -> Arc<dyn Backend> + Send + Sync;

/// How a client calls: its key, the API's address, limits, headers, and what sends the requests.
///
/// Nothing is checked until a call is made; what is wrong then comes back as
/// [`Error::InvalidArgument`], and nothing is sent.
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
    pub(crate) key: Option<SecretKey>,
    pub(crate) base_url: Option<String>,
    pub(crate) backend: Option<Arc<MakeBackend>>,
    pub(crate) http_client: Option<reqwest::Client>,
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) attempt_timeout: Option<Duration>,
    pub(crate) retry: Option<RetryPolicy>,
    pub(crate) rate_limit: Option<RateLimit>,
    pub(crate) max_response_bytes: Option<usize>,
    pub(crate) headers: Vec<(String, String)>,
}

impl ClientConfig {
    /// A configuration with a secret key (`sk_live_…`, `sk_test_…`) and defaults for the rest.
    ///
    /// [`ClientConfig::default()`] has no key and uses the one of the process.
    pub fn new(key: impl Into<String>) -> Self {
        Self {
            key: Some(SecretKey(key.into())),
            ..Self::default()
        }
    }

    /// Sends calls to another address than [`DEFAULT_BASE_URL`]; it includes the `/v1`.
    ///
    /// It must be `https`, or `http` on this machine (`localhost`, `127.0.0.1`, `[::1]`).
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Sends calls through your own `reqwest` client: its proxy, TLS, pool and connect timeout.
    ///
    /// [`connect_timeout`](Self::connect_timeout) then has no effect. A client that follows redirects
    /// drops the key when it leaves the host; the default one follows none.
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http_client = Some(client);
        self
    }

    /// Sends calls through your own [`Backend`] instead of `reqwest`.
    pub fn backend(self, backend: impl Backend) -> Self {
        let backend: Arc<dyn Backend> = Arc::new(backend);
        self.make_backend(move |_| backend.clone())
    }

    pub(crate) fn max_response_bytes_or_default(&self) -> usize {
        self.max_response_bytes
            .unwrap_or(DEFAULT_MAX_RESPONSE_BYTES)
    }

    pub(crate) fn make_backend(
        mut self,
        make: impl Fn(&Self) -> Arc<dyn Backend> + Send + Sync + 'static,
    ) -> Self {
        self.backend = Some(Arc::new(make));
        self
    }

    /// Limits how long opening a connection may take; 10 seconds by default.
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = Some(limit);
        self
    }

    /// Limits how long a whole call may take, with all its attempts and the waits between them; 30
    /// seconds by default. [`Call::timeout`](crate::Call::timeout) sets it for one call.
    ///
    /// It takes tokio to keep time. In a runtime of tokio's without a clock a call panics: `enable_all` gives it
    /// one, and the network too. Outside of one, the default backend has no connection; with a
    /// [`backend`](Self::backend) of yours, a call is one attempt that takes as long as the backend does, and
    /// one that [`rate_limit`](Self::rate_limit) would hold back fails at once.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// Limits how long one attempt of a call may take, from the first byte sent to the last received; 15
    /// seconds by default.
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.attempt_timeout = Some(limit);
        self
    }

    /// Makes calls that fail again as this policy says; [`RetryPolicy::none`] makes each once.
    /// [`Call::retry`](crate::Call::retry) sets it for one call.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }

    /// Holds calls back so that they stay within this limit; there is none by default.
    pub fn rate_limit(mut self, limit: RateLimit) -> Self {
        self.rate_limit = Some(limit);
        self
    }

    /// Limits how many bytes of an answer are read; 64 MiB by default.
    pub fn max_response_bytes(mut self, limit: usize) -> Self {
        self.max_response_bytes = Some(limit);
        self
    }

    /// Sends a header with every call.
    ///
    /// It replaces this crate's own header of that name, except `Authorization`, which is the key's, and the
    /// `Content-Type` of a body.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

/// Shows neither the key nor the values of headers.
impl fmt::Debug for ClientConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| &**name).collect();
        f.debug_struct("ClientConfig")
            .field("key", &self.key)
            .field("base_url", &self.base_url)
            .field("own_backend", &self.backend.is_some())
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

/// A secret key, which prints as `[redacted]`.
#[derive(Clone)]
pub(crate) struct SecretKey(String);

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl SecretKey {
    /// The key a call uses: the client's own, else the process's, else the environment's.
    pub(crate) fn resolve(own: Option<&Self>) -> Result<Self, Error> {
        own.cloned()
            .or_else(|| read(&DEFAULT_KEY).clone())
            .or_else(|| std::env::var(KEY_VARIABLE).ok().map(Self))
            .filter(|key| !key.0.is_empty())
            .ok_or(Error::MissingKey)
    }

    #[cfg(feature = "jwt")]
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    /// The `Authorization` header, marked so that it is never printed or compressed.
    pub(crate) fn header(&self) -> Result<HeaderValue, InvalidArgument> {
        // Narrower than a header: a key is one printable word.
        if !self.0.bytes().all(|byte| byte.is_ascii_graphic()) {
            let reason =
                "the secret key holds a space, a line break or another byte that no key has";
            return Err(InvalidArgument::new("key", reason));
        }
        let mut value = HeaderValue::try_from(format!("Bearer {}", self.0))
            .map_err(|_| InvalidArgument::new("key", "the secret key does not fit in a header"))?;
        value.set_sensitive(true);
        Ok(value)
    }
}

/// Checks headers that a user gave as text.
pub(crate) fn parse_headers(headers: &[(String, String)]) -> Result<HeaderMap, InvalidArgument> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let invalid = |what| {
            InvalidArgument::new("header", format!("its {what} has bytes no header may hold"))
        };
        let name = HeaderName::try_from(name).map_err(|_| invalid("name"))?;
        let value = HeaderValue::try_from(value).map_err(|_| invalid("value"))?;
        map.append(name, value);
    }
    Ok(map)
}

/// Checks the API's address and cuts its trailing slash.
pub(crate) fn parse_base_url(url: Option<&str>) -> Result<String, InvalidArgument> {
    let url = url.unwrap_or(DEFAULT_BASE_URL);
    let invalid = |reason: &str| InvalidArgument::new("base_url", reason.to_owned());
    let uri: http::Uri = url.parse().map_err(|_| invalid("it is not a URL"))?;
    let host = uri.host().ok_or_else(|| invalid("it has no host"))?;
    if uri
        .authority()
        .is_some_and(|authority| authority.as_str().contains('@'))
    {
        return Err(invalid("it holds a user name or password"));
    }
    if uri.query().is_some() || url.contains('#') {
        return Err(invalid("it has a query or a fragment"));
    }
    match uri.scheme_str() {
        Some("https") => {}
        Some("http") if is_loopback(host) => {}
        Some("http") => {
            return Err(invalid(
                "plain http would send the key in the clear; use https",
            ));
        }
        _ => return Err(invalid("it starts with neither https:// nor http://")),
    }
    Ok(url.trim_end_matches('/').to_owned())
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address
            .parse()
            .is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}

/// A poisoned lock still holds a whole value: it is only ever replaced.
fn read<T>(lock: &RwLock<T>) -> std::sync::RwLockReadGuard<'_, T> {
    lock.read()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> std::sync::RwLockWriteGuard<'_, T> {
    lock.write()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
