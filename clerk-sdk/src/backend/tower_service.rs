//! Sending through a tower service, so that tower layers can wrap every call.

use std::error::Error as StdError;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::Body;
use http_body_util::{BodyExt, Full};
use tower_service::Service;

use super::backend_trait::{Backend, BackendFuture};
use super::error::BackendError;
use super::reqwest::ReqwestBackend;
use super::response_body::PartialResponse;

pub(crate) type BoxError = Box<dyn StdError + Send + Sync>;

/// The default HTTP transport as a tower service: the innermost one under a
/// [`layer`](crate::ClientConfig::layer).
#[derive(Clone)]
pub struct HttpService(Arc<ReqwestBackend>);

impl HttpService {
    pub(crate) fn new(backend: ReqwestBackend) -> Self {
        Self(Arc::new(backend))
    }
}

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
            let body = collect(body).await?;
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

/// A backend that sends each request through a clone of a tower service.
pub(crate) struct TowerBackend<S> {
    service: Mutex<S>,
    max_response_bytes: usize,
}

impl<S> TowerBackend<S> {
    pub(crate) fn new(service: S, max_response_bytes: usize) -> Self {
        Self {
            service: Mutex::new(service),
            max_response_bytes,
        }
    }
}

impl<S, B> Backend for TowerBackend<S>
where
    S: Service<http::Request<Full<Bytes>>, Response = http::Response<B>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Into<BoxError>,
    B: Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
{
    fn send(&self, request: http::Request<Bytes>) -> BackendFuture<'_> {
        let service = self.service.lock();
        // A panic elsewhere leaves the service intact: it is only ever cloned.
        let mut service = service.unwrap_or_else(PoisonError::into_inner).clone();
        let limit = self.max_response_bytes;
        Box::pin(async move {
            let ready = poll_fn(|context| service.poll_ready(context)).await;
            ready.map_err(convert_error)?;
            let response = service.call(request.map(Full::new)).await;
            read_body(response.map_err(convert_error)?, limit).await
        })
    }
}

/// Converts an error of a service; an error of this crate passes through layers unchanged.
fn convert_error(error: impl Into<BoxError>) -> BackendError {
    match error.into().downcast::<BackendError>() {
        Ok(own) => *own,
        Err(other) => BackendError::new(other),
    }
}

/// Returns the bytes of a body that is in memory.
async fn collect(body: Full<Bytes>) -> Result<Bytes, BackendError> {
    let collected = body.collect().await.map_err(BackendError::new)?;
    Ok(collected.to_bytes())
}

/// Reads the body up to the limit; an error keeps the part that was received before it.
async fn read_body<B>(
    response: http::Response<B>,
    limit: usize,
) -> Result<http::Response<Bytes>, BackendError>
where
    B: Body<Error: Into<BoxError>>,
{
    let (head, body) = response.into_parts();
    let mut body = pin!(body);
    let mut partial = PartialResponse::new(head, body.size_hint().exact(), limit);
    let problem = loop {
        let received = match body.frame().await {
            None => return Ok(partial.finish()),
            Some(Err(error)) => Err(convert_error(error)),
            Some(Ok(frame)) => match frame.into_data() {
                Ok(data) => partial.push(data),
                // The API does not use trailers.
                Err(_) => Ok(()),
            },
        };
        if let Err(problem) = received {
            break problem;
        }
    };
    Err(problem.with_partial(partial.finish()))
}
