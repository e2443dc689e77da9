//! Sending through `reqwest`.

use std::sync::Mutex;
use std::time::Duration;

use bytes::Bytes;

use super::incoming::Incoming;
use super::{Backend, BackendError, BackendErrorKind, BackendFuture};
use crate::{ClientConfig, config};

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
    pub(crate) fn new(config: &ClientConfig) -> Self {
        let clients = match config.http_client.clone() {
            Some(client) => Clients::Given(client),
            None => Clients::PerRuntime(PerRuntime {
                connect_timeout: config
                    .connect_timeout
                    .unwrap_or(config::DEFAULT_CONNECT_TIMEOUT),
                made: Mutex::default(),
            }),
        };
        Self {
            clients,
            max_response_bytes: config.max_response_bytes_or_default(),
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
    let (mut head, ()) = http::Response::new(()).into_parts();
    head.status = response.status();
    head.headers = std::mem::take(response.headers_mut());
    let mut incoming = Incoming::new(head, response.content_length(), limit);
    let problem = loop {
        let received = match response.chunk().await {
            Ok(Some(chunk)) => incoming.push(chunk),
            Ok(None) => return Ok(incoming.finish()),
            Err(error) => Err(from_reqwest(error)),
        };
        if let Err(problem) = received {
            break problem;
        }
    };
    Err(problem.with_partial(incoming.finish()))
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
