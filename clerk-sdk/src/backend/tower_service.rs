//! Sending through a tower service, so that tower layers can wrap every call.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::BodyExt;
use tower_service::Service;

use super::backend_trait::{Backend, BackendFuture};
use super::body::Body;
use super::error::{BackendError, BoxError};

/// The service within a [`layer`](crate::ClientConfig::layer): it sends requests through the layers that were added
/// before, and in the end through the HTTP client or the backend of the configuration.
#[derive(Clone)]
pub struct HttpService(Arc<dyn Backend>);

impl HttpService {
    pub(crate) fn new(backend: Arc<dyn Backend>) -> Self {
        Self(backend)
    }
}

impl Service<http::Request<Body>> for HttpService {
    type Response = http::Response<Body>;
    type Error = BackendError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BackendError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BackendError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let backend = self.0.clone();
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await?.to_bytes();
            backend.send(http::Request::from_parts(head, body)).await
        })
    }
}

impl fmt::Debug for HttpService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpService").finish_non_exhaustive()
    }
}

/// A backend that sends each request through a clone of a tower service.
pub(crate) struct TowerBackend<S>(Mutex<S>);

impl<S> TowerBackend<S> {
    pub(crate) fn new(service: S) -> Self {
        Self(Mutex::new(service))
    }
}

impl<S, B> Backend for TowerBackend<S>
where
    S: Service<http::Request<Body>, Response = http::Response<B>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Into<BoxError>,
    B: http_body::Body<Error: Into<BoxError>> + Send + 'static,
{
    fn send(&self, request: http::Request<Bytes>) -> BackendFuture<'_> {
        let service = self.0.lock();
        // A panic elsewhere leaves the service intact: it is only ever cloned.
        let mut service = service.unwrap_or_else(PoisonError::into_inner).clone();
        Box::pin(async move {
            let ready = poll_fn(|context| service.poll_ready(context)).await;
            ready.map_err(BackendError::from_unready)?;
            let response = service.call(request.map(Body::from)).await;
            let response = response.map_err(BackendError::from_any)?;
            Ok(response.map(Body::new))
        })
    }
}
