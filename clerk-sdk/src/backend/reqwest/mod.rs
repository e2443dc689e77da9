//! The default backend, on `reqwest`.

mod client_per_runtime;
mod parsed_base;
mod tls;

use std::time::Duration;

use bytes::Bytes;
use tokio::runtime::Handle;

use self::client_per_runtime::ClientPerRuntime;
use self::parsed_base::ParsedBase;
use super::backend_trait::{Backend, BackendFuture};
use super::error::{BackendError, BackendErrorKind};
use super::response_body::PartialResponse;
use crate::base_url::BaseUrl;

/// The options of a [`ReqwestBackend`].
pub(crate) struct ReqwestOptions {
    /// The user's own client, which is used in place of the default ones.
    pub(crate) http_client: Option<reqwest::Client>,
    pub(crate) connect_timeout: Duration,
    /// `None` if it is invalid; the call fails with that error before it reaches the backend.
    pub(crate) base_url: Option<BaseUrl>,
    pub(crate) max_response_bytes: usize,
}

/// Sends requests through `reqwest`, with the user's own client or a default one for each runtime.
pub(crate) struct ReqwestBackend {
    clients: Clients,
    base: Option<ParsedBase>,
    max_response_bytes: usize,
}

enum Clients {
    UserProvided(reqwest::Client),
    PerRuntime(ClientPerRuntime),
}

impl ReqwestBackend {
    pub(crate) fn new(options: ReqwestOptions) -> Self {
        Self {
            clients: match options.http_client {
                Some(client) => Clients::UserProvided(client),
                None => Clients::PerRuntime(ClientPerRuntime::new(options.connect_timeout)),
            },
            base: options.base_url.as_ref().and_then(ParsedBase::new),
            max_response_bytes: options.max_response_bytes,
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
            Clients::UserProvided(client) => client.clone(),
            Clients::PerRuntime(clients) => clients.get(&runtime)?,
        };
        Ok(client.execute(self.convert(request)?))
    }

    fn convert(&self, request: http::Request<Bytes>) -> Result<reqwest::Request, BackendError> {
        // The extensions that a layer added can only be handed over as a whole.
        let base = self
            .base
            .as_ref()
            .filter(|_| request.extensions().is_empty());
        let Some(url) = base.and_then(|base| base.convert(request.uri())) else {
            return reqwest::Request::try_from(request).map_err(BackendError::new);
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
            let mut response = pending?.await.map_err(convert_error)?;
            read_body(&mut response, self.max_response_bytes).await
        })
    }
}

/// Reads the body up to the limit; an error keeps the part that was received before it.
async fn read_body(
    response: &mut reqwest::Response,
    limit: usize,
) -> Result<http::Response<Bytes>, BackendError> {
    let mut partial = PartialResponse::new(take_head(response), response.content_length(), limit);
    let problem = loop {
        let received = match response.chunk().await {
            Ok(Some(chunk)) => partial.push(chunk),
            Ok(None) => return Ok(partial.finish()),
            Err(error) => Err(convert_error(error)),
        };
        if let Err(problem) = received {
            break problem;
        }
    };
    Err(problem.with_partial(partial.finish()))
}

fn take_head(response: &mut reqwest::Response) -> http::response::Parts {
    let (mut head, ()) = http::Response::new(()).into_parts();
    head.status = response.status();
    head.headers = std::mem::take(response.headers_mut());
    head
}

/// Classifies an error of `reqwest` and removes its URL: the ids in it may be personal data.
fn convert_error(error: reqwest::Error) -> BackendError {
    let kind = match (error.is_connect(), error.is_timeout()) {
        (true, true) => BackendErrorKind::ConnectTimeout,
        (true, false) => BackendErrorKind::Connect,
        (false, true) => BackendErrorKind::Timeout,
        (false, false) => BackendErrorKind::Other,
    };
    BackendError::with_kind(kind, error.without_url())
}
