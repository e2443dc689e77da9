//! A tower layer (feature `tower`): for axum, tonic, hyper and whatever else takes layers.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use tower_layer::Layer;
use tower_service::Service;

use super::gate::{Gate, add_headers};

/// Puts a [`Gate`] before a service.
///
/// Requests that pass have a [`RequestState`](crate::auth::RequestState) among their extensions.
///
/// ```
/// # fn run(authenticator: clerk_sdk::auth::Authenticator) {
/// use clerk_sdk::middleware::tower::AuthLayer;
///
/// let everybody = AuthLayer::new(authenticator.optional());
/// let members = AuthLayer::new(authenticator.required());
/// let admins = AuthLayer::new(authenticator.require(|has| has.role("org:admin")));
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct AuthLayer {
    gate: Gate,
}

impl AuthLayer {
    /// Makes a layer of a gate.
    pub fn new(gate: Gate) -> Self {
        Self { gate }
    }
}

impl<S> Layer<S> for AuthLayer {
    type Service = AuthService<S>;

    fn layer(&self, inner: S) -> AuthService<S> {
        AuthService {
            gate: self.gate.clone(),
            inner,
        }
    }
}

/// A service behind a [`Gate`]; [`AuthLayer`] makes it.
#[derive(Clone, Debug)]
pub struct AuthService<S> {
    gate: Gate,
    inner: S,
}

impl<S, B, R> Service<Request<B>> for AuthService<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    B: Send + 'static,
    R: From<Bytes>,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<R>, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The one that was made ready serves this request; its copy has yet to be.
        let copy = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, copy);
        let gate = self.gate.clone();
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            let state = match gate.admit(&parts).await {
                Ok(state) => state,
                Err(response) => return Ok(response.map(R::from)),
            };
            parts.extensions.insert(state.clone());
            let mut response = inner.call(Request::from_parts(parts, body)).await?;
            add_headers(response.headers_mut(), &state);
            Ok(response)
        })
    }
}
