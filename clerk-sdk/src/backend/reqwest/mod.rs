//! The default backend, on `reqwest`.

mod client_per_runtime;
mod convert_error;
mod describe_cause;
mod received_body;
mod server_url;
mod tls;

use std::sync::OnceLock;
use std::time::Duration;

use bytes::Bytes;
use tokio::runtime::Handle;

use self::client_per_runtime::ClientPerRuntime;
use self::convert_error::convert_error;
use self::received_body::ReceivedBody;
use self::server_url::ServerUrl;
use super::backend_trait::{Backend, BackendFuture};
use super::body::Body;
use super::error::BackendError;
use crate::base_url::is_loopback;

/// Sends requests through `reqwest`, with the user's own client or a default one for each runtime.
pub(crate) struct ReqwestBackend {
    clients: Clients,
    /// The server of the first request, which is usually that of all others.
    server: OnceLock<Option<ServerUrl>>,
}

enum Clients {
    #[cfg(feature = "reqwest-013")]
    UserProvided(reqwest::Client),
    /// A request to this machine never goes through a proxy, which would see the key of a test in the clear and could
    /// not reach the server.
    PerRuntime {
        direct: ClientPerRuntime,
        proxied: ClientPerRuntime,
    },
}

/// The options of the default clients.
#[derive(Clone, Copy)]
pub(crate) struct HttpOptions {
    pub(crate) connect_timeout: Duration,
    /// Whether requests to other machines go through the proxies of the environment.
    pub(crate) uses_proxy: bool,
}

impl ReqwestBackend {
    /// Creates the default backend: one client for each tokio runtime.
    pub(crate) fn per_runtime(options: HttpOptions) -> Self {
        let clients = |uses_proxy| ClientPerRuntime::new(options.connect_timeout, uses_proxy);
        Self::with_clients(Clients::PerRuntime {
            direct: clients(false),
            proxied: clients(options.uses_proxy),
        })
    }

    /// Sends requests through `client`.
    #[cfg(feature = "reqwest-013")]
    pub(crate) fn with_client(client: reqwest::Client) -> Self {
        Self::with_clients(Clients::UserProvided(client))
    }

    fn with_clients(clients: Clients) -> Self {
        Self {
            clients,
            server: OnceLock::new(),
        }
    }

    /// Starts sending a request; the future is its response.
    fn start(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<impl Future<Output = reqwest::Result<reqwest::Response>> + use<>, BackendError>
    {
        // Outside a runtime `reqwest` would panic.
        let runtime = Handle::try_current().map_err(BackendError::connect)?;
        let client = match &self.clients {
            #[cfg(feature = "reqwest-013")]
            Clients::UserProvided(client) => client.clone(),
            Clients::PerRuntime { direct, proxied } => {
                match request.uri().host().is_some_and(is_loopback) {
                    true => direct.get(&runtime)?,
                    false => proxied.get(&runtime)?,
                }
            }
        };
        Ok(client.execute(self.convert(request)?))
    }

    fn convert(&self, request: http::Request<Bytes>) -> Result<reqwest::Request, BackendError> {
        let server = self.server.get_or_init(|| ServerUrl::new(request.uri()));
        // The extensions that a layer added can only be handed over as a whole.
        let server = server.as_ref().filter(|_| request.extensions().is_empty());
        let Some(url) = server.and_then(|server| server.convert(request.uri())) else {
            return reqwest::Request::try_from(request).map_err(convert_error);
        };
        let (head, body) = request.into_parts();
        let mut request = reqwest::Request::new(head.method, url);
        *request.version_mut() = head.version;
        *request.headers_mut() = head.headers;
        *request.body_mut() = Some(body.into());
        Ok(request)
    }
}

impl Backend for ReqwestBackend {
    fn send(&self, request: http::Request<Bytes>) -> BackendFuture<'_> {
        // Started outside the future, which would otherwise keep the request in memory until the end.
        let pending = self.start(request);
        Box::pin(async move {
            let response = pending?.await.map_err(convert_error)?;
            Ok(convert_response(response))
        })
    }
}

/// Keeps status and headers, and leaves out what reqwest itself attached to the response.
fn convert_response(mut response: reqwest::Response) -> http::Response<Body> {
    let (mut head, ()) = http::Response::new(()).into_parts();
    head.status = response.status();
    head.headers = std::mem::take(response.headers_mut());
    http::Response::from_parts(head, Body::from_stream(ReceivedBody::new(response)))
}
