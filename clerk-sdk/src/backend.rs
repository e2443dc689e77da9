//! The seam between this crate and the network: plain requests in, plain responses out.

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Mutex;
use std::time::Duration;

use bytes::{Bytes, BytesMut};

/// What a [`Backend`] gives back: a boxed future, so that the trait can be an object.
pub type BackendFuture<'a> =
    Pin<Box<dyn Future<Output = Result<http::Response<Bytes>, BackendError>> + Send + 'a>>;

/// What sends requests. The default one is `reqwest`; tests and special transports bring their own.
///
/// A request is complete when it arrives here: address, headers and body. The `Authorization` header
/// is among them, so a backend must not log headers. Dropping the future must cancel the request.
///
/// ```
/// use bytes::Bytes;
/// use clerk_sdk::{Backend, BackendFuture, ClientConfig, user};
///
/// /// Answers every call with the same user.
/// struct OneUser;
///
/// impl Backend for OneUser {
///     fn send(&self, _request: http::Request<Bytes>) -> BackendFuture<'_> {
///         Box::pin(async { Ok(http::Response::new(Bytes::from(r#"{"id":"user_1"}"#))) })
///     }
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = user::Client::new(ClientConfig::new("sk_test_123").backend(OneUser));
/// assert_eq!(client.get("user_1").await?.id, "user_1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Backend: Send + Sync + 'static {
    /// Sends one request and reads the whole answer, whatever its status.
    fn send(&self, request: http::Request<Bytes>) -> BackendFuture<'_>;
}

/// Why a [`Backend`] has no whole answer.
#[derive(Debug)]
pub struct BackendError {
    pub(crate) kind: BackendErrorKind,
    pub(crate) partial: Option<Box<http::Response<Bytes>>>,
    pub(crate) source: Box<dyn StdError + Send + Sync>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum BackendErrorKind {
    Connect,
    ConnectTimeout,
    Timeout,
    TooLong,
    Other,
}

impl BackendError {
    fn with_kind(
        kind: BackendErrorKind,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self {
            kind,
            partial: None,
            source: source.into(),
        }
    }

    /// The request or the answer was cut off, or could not be made.
    pub fn new(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::with_kind(BackendErrorKind::Other, source)
    }

    /// No connection was made, so nothing was sent.
    pub fn connect(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::with_kind(BackendErrorKind::Connect, source)
    }

    /// A time limit of the backend's own ran out.
    pub fn timeout(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::with_kind(BackendErrorKind::Timeout, source)
    }

    /// Keeps what arrived of the answer before it broke off: its status, headers, part of the body.
    pub fn with_partial(mut self, response: http::Response<Bytes>) -> Self {
        self.partial = Some(Box::new(response));
        self
    }
}

impl fmt::Display for BackendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            BackendErrorKind::Connect => "no connection",
            BackendErrorKind::ConnectTimeout => "the connection took too long",
            BackendErrorKind::Timeout => "the answer took too long",
            BackendErrorKind::TooLong => "the answer is too long",
            BackendErrorKind::Other => "the exchange broke off",
        })
    }
}

impl StdError for BackendError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.source)
    }
}

/// Sends through `reqwest`, either a given client or one this crate makes.
pub(crate) struct ReqwestBackend {
    clients: Clients,
    max_response_bytes: usize,
}

enum Clients {
    Given(reqwest::Client),
    PerRuntime(PerRuntime),
}

/// One client for each runtime that calls.
///
/// A connection's task lives on the runtime that opened it. Tests often give each test a runtime and
/// share the process-wide client: with one pool, a test could pick a connection that dies with its
/// neighbour's runtime.
struct PerRuntime {
    connect_timeout: Duration,
    made: Mutex<Vec<(tokio::runtime::Id, reqwest::Client)>>,
}

/// Runtimes remembered before the oldest is forgotten; a program has one or two, a test run many.
const REMEMBERED_RUNTIMES: usize = 16;

impl PerRuntime {
    fn get(&self) -> Result<reqwest::Client, BackendError> {
        let runtime = tokio::runtime::Handle::try_current()
            .map_err(BackendError::connect)?
            .id();
        let mut made = self
            .made
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((_, client)) = made.iter().find(|(id, _)| *id == runtime) {
            return Ok(client.clone());
        }
        let builder = reqwest::Client::builder()
            .connect_timeout(self.connect_timeout)
            // The API has no redirects: one would only carry the call somewhere it was not meant for.
            .redirect(reqwest::redirect::Policy::none());
        let client = with_tls(builder)?.build().map_err(BackendError::connect)?;
        if made.len() == REMEMBERED_RUNTIMES {
            made.remove(0);
        }
        made.push((runtime, client.clone()));
        Ok(client)
    }
}

/// Names the cryptography for rustls: with none named, reqwest wants one set for the whole process.
#[cfg(feature = "rustls")]
fn with_tls(builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, BackendError> {
    use rustls_platform_verifier::BuilderVerifierExt;

    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .map_err(BackendError::connect)?
        .with_no_client_auth();
    if cfg!(feature = "http2") {
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    }
    Ok(builder.tls_backend_preconfigured(config))
}

#[cfg(not(feature = "rustls"))]
fn with_tls(builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, BackendError> {
    Ok(builder)
}

impl ReqwestBackend {
    pub(crate) fn new(
        given: Option<reqwest::Client>,
        connect_timeout: Duration,
        max_response_bytes: usize,
    ) -> Self {
        let per_runtime = || PerRuntime {
            connect_timeout,
            made: Mutex::default(),
        };
        Self {
            clients: given.map_or_else(|| Clients::PerRuntime(per_runtime()), Clients::Given),
            max_response_bytes,
        }
    }
}

impl Backend for ReqwestBackend {
    fn send(&self, request: http::Request<Bytes>) -> BackendFuture<'_> {
        Box::pin(async move {
            let client = match &self.clients {
                Clients::Given(client) => client.clone(),
                Clients::PerRuntime(clients) => clients.get()?,
            };
            let request = reqwest::Request::try_from(request).map_err(BackendError::new)?;
            let response = client.execute(request).await.map_err(from_reqwest)?;
            read_body(response, self.max_response_bytes).await
        })
    }
}

/// Reads the body up to the limit; what breaks off keeps what came before it.
async fn read_body(
    mut response: reqwest::Response,
    limit: usize,
) -> Result<http::Response<Bytes>, BackendError> {
    let mut head = http::Response::new(());
    *head.status_mut() = response.status();
    *head.headers_mut() = std::mem::take(response.headers_mut());

    let mut body = BytesMut::new();
    let problem = loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > limit => {
                body.extend_from_slice(&chunk[..limit - body.len()]);
                let reason = format!("the answer is longer than {limit} bytes");
                break BackendError::with_kind(BackendErrorKind::TooLong, reason);
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(head.map(|()| body.freeze())),
            Err(error) => break from_reqwest(error),
        }
    };
    Err(problem.with_partial(head.map(|()| body.freeze())))
}

/// Sorts a failure of `reqwest`, without its URL: ids in it may be personal.
fn from_reqwest(error: reqwest::Error) -> BackendError {
    let kind = match (error.is_connect(), error.is_timeout()) {
        (true, true) => BackendErrorKind::ConnectTimeout,
        (true, false) => BackendErrorKind::Connect,
        (false, true) => BackendErrorKind::Timeout,
        (false, false) => BackendErrorKind::Other,
    };
    BackendError::with_kind(kind, error.without_url())
}
