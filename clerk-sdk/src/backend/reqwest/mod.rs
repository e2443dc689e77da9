//! The default backend, on `reqwest`.

mod client_per_runtime;
mod connector;
mod convert_error;
mod describe_cause;
#[cfg(feature = "gzip")]
mod gzip_body;
mod idle_connections;
mod received_body;
mod server_url;
mod tls;

use std::future::ready;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http::uri::{Scheme, Uri};
use tokio::runtime::Handle;

use self::client_per_runtime::{ClientPerRuntime, RuntimeClient};
use self::connector::watch_connection;
use self::convert_error::{convert_error, convert_send_error};
use self::received_body::ReceivedBody;
use self::server_url::ServerUrl;
use super::attempt_scope;
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
    UserProvided(Arc<RuntimeClient>),
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
    pub(crate) pool_idle_timeout: Duration,
    /// Whether requests to other machines go through the proxies of the environment.
    pub(crate) uses_proxy: bool,
}

impl ReqwestBackend {
    /// Creates the default backend: one client for each tokio runtime.
    pub(crate) fn per_runtime(options: HttpOptions) -> Self {
        let direct = HttpOptions {
            uses_proxy: false,
            ..options
        };
        Self::with_clients(Clients::PerRuntime {
            direct: ClientPerRuntime::new(direct),
            proxied: ClientPerRuntime::new(options),
        })
    }

    /// Sends requests through `client`.
    #[cfg(feature = "reqwest-013")]
    pub(crate) fn with_client(client: reqwest::Client) -> Self {
        Self::with_clients(Clients::UserProvided(Arc::new(
            RuntimeClient::user_provided(client),
        )))
    }

    fn with_clients(clients: Clients) -> Self {
        Self {
            clients,
            server: OnceLock::new(),
        }
    }

    /// Prepares a request; nothing is sent until the future is polled.
    fn prepare(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<
        impl Future<Output = Result<http::Response<Body>, BackendError>> + use<>,
        BackendError,
    > {
        // Outside a runtime `reqwest` would panic.
        let runtime = Handle::try_current().map_err(BackendError::connect)?;
        let server = self.server.get_or_init(|| ServerUrl::new(request.uri()));
        let server = server.as_ref().filter(|it| it.contains(request.uri()));
        let client = self.client(request.uri(), server, &runtime)?;
        let pending = client.http.execute(convert_request(request, server)?);
        Ok(async move {
            attempt_scope::set_unsent(true);
            client.last_use.remove_closed(&runtime).await;
            let response = watch_connection(pending).await;
            let is_reused = client.is_default && attempt_scope::has_reused_connection();
            let response = response.map_err(|error| convert_send_error(error, is_reused))?;
            let response = convert_response(response);
            #[cfg(feature = "gzip")]
            if client.is_default {
                return Ok(gzip_body::decode(response));
            }
            Ok(response.map(Body::from_stream))
        })
    }

    fn client(
        &self,
        uri: &Uri,
        server: Option<&ServerUrl>,
        runtime: &Handle,
    ) -> Result<Arc<RuntimeClient>, BackendError> {
        let needs_tls = uri.scheme() == Some(&Scheme::HTTPS);
        match &self.clients {
            #[cfg(feature = "reqwest-013")]
            Clients::UserProvided(client) => Ok(client.clone()),
            Clients::PerRuntime { direct, proxied } => {
                let is_loopback = match server {
                    Some(server) => server.is_loopback(),
                    None => uri.host().is_some_and(is_loopback),
                };
                match is_loopback {
                    true => direct.get(runtime, needs_tls),
                    false => proxied.get(runtime, needs_tls),
                }
            }
        }
    }
}

/// Converts a request, quickly if it goes to the server that is known.
fn convert_request(
    request: http::Request<Bytes>,
    server: Option<&ServerUrl>,
) -> Result<reqwest::Request, BackendError> {
    // The extensions that a layer added can only be handed over as a whole.
    let Some(server) = server.filter(|_| request.extensions().is_empty()) else {
        return reqwest::Request::try_from(request).map_err(convert_error);
    };
    let (head, body) = request.into_parts();
    let mut request = reqwest::Request::new(head.method, server.convert(&head.uri));
    *request.version_mut() = head.version;
    *request.headers_mut() = head.headers;
    *request.body_mut() = Some(body.into());
    Ok(request)
}

impl Backend for ReqwestBackend {
    fn send(&self, request: http::Request<Bytes>) -> BackendFuture<'_> {
        // Prepared outside the future, which would otherwise keep the request in memory until the end.
        match self.prepare(request) {
            Ok(pending) => Box::pin(pending),
            Err(error) => Box::pin(ready(Err(error))),
        }
    }
}

/// Keeps status and headers, and leaves out what reqwest itself attached to the response.
fn convert_response(mut response: reqwest::Response) -> http::Response<ReceivedBody> {
    let (mut head, ()) = http::Response::new(()).into_parts();
    head.status = response.status();
    head.headers = std::mem::take(response.headers_mut());
    http::Response::from_parts(head, ReceivedBody::new(response))
}
