//! Sending through a service of tower's, so that its layers can stand around every call.

use std::error::Error as StdError;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::Body;
use http_body_util::{BodyExt, Full};
use tower_layer::Layer;
use tower_service::Service;

use super::incoming::Incoming;
use super::{Backend, BackendError, BackendFuture, ReqwestBackend};
use crate::ClientConfig;

type BoxError = Box<dyn StdError + Send + Sync>;

impl ClientConfig {
    /// Puts a layer of tower's around the sending of requests; `tower::ServiceBuilder` makes one of several.
    ///
    /// It stands around each attempt of a call, so that what it refuses or fails is repeated like any failure of
    /// the connection; the time that it holds an attempt back counts as time of the attempt. It sees the key in
    /// the `Authorization` header, which is marked as sensitive.
    ///
    /// Each client made of this configuration gets a layer of its own, and its clones share it.
    ///
    /// ```
    /// use clerk_sdk::{ClientConfig, user};
    /// use tower::limit::ConcurrencyLimitLayer;
    ///
    /// let config = ClientConfig::new("sk_test_…").layer(ConcurrencyLimitLayer::new(8));
    /// let client = user::Client::new(config);
    /// ```
    pub fn layer<L, B>(self, layer: L) -> Self
    where
        L: Layer<HttpService> + Send + Sync + 'static,
        L::Service: Service<http::Request<Full<Bytes>>, Response = http::Response<B>>,
        L::Service: Clone + Send + 'static,
        <L::Service as Service<http::Request<Full<Bytes>>>>::Future: Send,
        <L::Service as Service<http::Request<Full<Bytes>>>>::Error: Into<BoxError>,
        B: Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
    {
        self.make_backend(move |config| {
            let sending = HttpService(Arc::new(ReqwestBackend::new(config)));
            Arc::new(ServiceBackend::new(layer.layer(sending), config))
        })
    }

    /// Sends requests through a service of tower's in the place of `reqwest`: one of hyper's clients, a stack of
    /// your own, a mock.
    ///
    /// What [`layer`](Self::layer) says of layers holds for it too. A body is read up to
    /// [`max_response_bytes`](Self::max_response_bytes).
    ///
    /// ```
    /// use clerk_sdk::{ClientConfig, user};
    /// use http_body_util::{BodyExt, Full};
    ///
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let mock = tower::service_fn(async |_request| {
    ///     let body = Full::<bytes::Bytes>::from(r#"{"id":"user_1"}"#);
    ///     Ok::<_, std::convert::Infallible>(http::Response::new(body))
    /// });
    /// let client = user::Client::new(ClientConfig::new("sk_test_123").service(mock));
    /// assert_eq!(client.get("user_1").await?.id, "user_1");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn service<S, B>(self, service: S) -> Self
    where
        S: Service<http::Request<Full<Bytes>>, Response = http::Response<B>>,
        S: Clone + Send + 'static,
        S::Future: Send,
        S::Error: Into<BoxError>,
        B: Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
    {
        // The configuration is shared, the service need not be made for that.
        let service = Mutex::new(service);
        self.make_backend(move |config| Arc::new(ServiceBackend::new(clone_of(&service), config)))
    }
}

/// What sends a client's requests where nothing else is asked for, as a service: the innermost one under a
/// [`layer`](ClientConfig::layer).
#[derive(Clone)]
pub struct HttpService(Arc<ReqwestBackend>);

impl Service<http::Request<Full<Bytes>>> for HttpService {
    type Response = http::Response<Full<Bytes>>;
    type Error = BackendError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BackendError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BackendError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Full<Bytes>>) -> Self::Future {
        let backend = self.0.clone();
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let body = whole(body).await?;
            let response = backend.send(http::Request::from_parts(head, body)).await?;
            Ok(response.map(Full::new))
        })
    }
}

impl fmt::Debug for HttpService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpService").finish_non_exhaustive()
    }
}

/// A backend that clones a service for each request, as services are made for.
struct ServiceBackend<S> {
    service: Mutex<S>,
    max_response_bytes: usize,
}

impl<S> ServiceBackend<S> {
    fn new(service: S, config: &ClientConfig) -> Self {
        Self {
            service: Mutex::new(service),
            max_response_bytes: config.max_response_bytes_or_default(),
        }
    }
}

impl<S, B> Backend for ServiceBackend<S>
where
    S: Service<http::Request<Full<Bytes>>, Response = http::Response<B>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Into<BoxError>,
    B: Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
{
    fn send(&self, request: http::Request<Bytes>) -> BackendFuture<'_> {
        let mut service = clone_of(&self.service);
        let limit = self.max_response_bytes;
        Box::pin(async move {
            let ready = poll_fn(|context| service.poll_ready(context)).await;
            ready.map_err(sorted)?;
            let response = service.call(request.map(Full::new)).await.map_err(sorted)?;
            read_body(response, limit).await
        })
    }
}

/// A panic elsewhere leaves a service as it was: it is only ever cloned.
fn clone_of<S: Clone>(service: &Mutex<S>) -> S {
    service
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone()
}

/// An error of a service: this crate's own comes back through layers as it was.
fn sorted(error: impl Into<BoxError>) -> BackendError {
    match error.into().downcast::<BackendError>() {
        Ok(own) => *own,
        Err(other) => BackendError::new(other),
    }
}

/// All of a body that is in memory.
async fn whole(body: Full<Bytes>) -> Result<Bytes, BackendError> {
    let collected = body.collect().await.map_err(BackendError::new)?;
    Ok(collected.to_bytes())
}

/// Reads the body up to the limit; what breaks off keeps what came before it.
async fn read_body<B>(
    response: http::Response<B>,
    limit: usize,
) -> Result<http::Response<Bytes>, BackendError>
where
    B: Body<Error: Into<BoxError>>,
{
    let (head, body) = response.into_parts();
    let mut body = pin!(body);
    let mut incoming = Incoming::new(head, body.size_hint().exact(), limit);
    let problem = loop {
        let received = match body.frame().await {
            None => return Ok(incoming.finish()),
            Some(Err(error)) => Err(sorted(error)),
            Some(Ok(frame)) => match frame.into_data() {
                Ok(data) => incoming.push(data),
                // Trailers say nothing here.
                Err(_) => Ok(()),
            },
        };
        if let Err(problem) = received {
            break problem;
        }
    };
    Err(problem.with_partial(incoming.finish()))
}
