//! A tower layer (feature `tower`), for axum, tonic, hyper and other frameworks that take layers.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response, Uri};
use http_body::{Body, Frame, SizeHint};
use http_body_util::Full;
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use super::gate::Gate;

/// Wraps a service in a [`Gate`].
///
/// Admitted requests have a [`RequestState`](crate::auth::RequestState) in their extensions.
///
/// A layer of a nested router of axum does not apply to the fallback of the outer router, which also gets paths under
/// the prefix, unless the router is nested with `nest_service`. A gate around a route does not protect files in its
/// folder if `ServeDir` serves the parent folder. See [gates and paths](super#gates-and-paths).
///
/// A nested router of axum removes its prefix from the URI of a request. With the feature `axum-08`, a gate in such a
/// router sees the whole URI nevertheless. Without it, browsers whose session has to be renewed return to the URI
/// without the prefix, so enable the feature if you use axum.
///
/// The layer is always ready for a request: the inner service is made ready after the gate has admitted the request, so
/// that those that wait for Clerk hold no permit of a concurrency limit inside the gate. Use a limit outside the gate to
/// bound those too, and to shed load.
///
/// It works with tonic too: `Server::builder().layer(gate)`. Rejected gRPC requests get the [status of
/// gRPC](super#grpc).
///
/// ```
/// # fn run(authenticator: clerk_sdk::auth::Authenticator) {
/// use clerk_sdk::middleware::tower::AuthLayer;
///
/// let everyone = AuthLayer::new(authenticator.allow_all());
/// let members = AuthLayer::new(authenticator.require_auth());
/// let admins = AuthLayer::new(authenticator.require_authorization(|has| has.role("org:admin")));
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct AuthLayer {
    gate: Gate,
}

impl AuthLayer {
    /// Creates a layer from a gate.
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

/// Applies the gate, as [`AuthLayer`] does: `.layer(authenticator.require_auth())`.
impl<S> Layer<S> for Gate {
    type Service = AuthService<S>;

    fn layer(&self, inner: S) -> AuthService<S> {
        AuthLayer::new(self.clone()).layer(inner)
    }
}

/// A service wrapped in a [`Gate`] by [`AuthLayer`].
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
{
    type Response = Response<AuthBody<R>>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;

    /// Always ready. A service that is ready may hold a permit, such as one of a concurrency limit, and a request
    /// must not hold it while the gate waits for Clerk. The inner service is therefore made ready after the decision.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (gate, mut inner) = (self.gate.clone(), self.inner.clone());
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            let nested_uri =
                original_uri(&parts).map(|original| std::mem::replace(&mut parts.uri, original));
            let admitted = gate.admit(&parts).await;
            if let Some(nested_uri) = nested_uri {
                parts.uri = nested_uri;
            }
            let state = match admitted {
                Ok(state) => state,
                Err(response) => return Ok(response.map(AuthBody::gate)),
            };
            parts.extensions.insert(state.clone());
            poll_fn(|context| inner.poll_ready(context)).await?;
            let mut response = inner.call(Request::from_parts(parts, body)).await?;
            state.add_headers_to(response.headers_mut());
            Ok(response.map(AuthBody::service))
        })
    }
}

/// Returns the URI that the request had before nested routers of axum removed their prefixes.
#[cfg(feature = "axum-08")]
fn original_uri(parts: &Parts) -> Option<Uri> {
    let original = parts.extensions.get::<axum::extract::OriginalUri>();
    original.map(|original| original.0.clone())
}

#[cfg(not(feature = "axum-08"))]
fn original_uri(_: &Parts) -> Option<Uri> {
    None
}

pin_project! {
    /// The response body of an [`AuthService`]: either the body of the inner service, or that of a response
    /// by the gate.
    #[derive(Debug)]
    pub struct AuthBody<R> {
        #[pin]
        kind: Kind<R>,
    }
}

pin_project! {
    #[project = KindProjection]
    #[derive(Debug)]
    enum Kind<R> {
        Service { #[pin] body: R },
        Gate { body: Full<Bytes> },
    }
}

impl<R> AuthBody<R> {
    fn service(body: R) -> Self {
        let kind = Kind::Service { body };
        Self { kind }
    }

    fn gate(body: Bytes) -> Self {
        let body = Full::new(body);
        let kind = Kind::Gate { body };
        Self { kind }
    }
}

/// Required by layers that respond in place of the service, such as those for timeouts and CORS.
impl<R: Default> Default for AuthBody<R> {
    fn default() -> Self {
        Self::service(R::default())
    }
}

impl<R: Body<Data = Bytes>> Body for AuthBody<R> {
    type Data = Bytes;
    type Error = R::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, R::Error>>> {
        match self.project().kind.project() {
            KindProjection::Service { body } => body.poll_frame(context),
            KindProjection::Gate { body } => {
                let frame = Pin::new(body).poll_frame(context);
                frame.map_err(|never| match never {})
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.kind {
            Kind::Service { body } => body.is_end_stream(),
            Kind::Gate { body } => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            Kind::Service { body } => body.size_hint(),
            Kind::Gate { body } => body.size_hint(),
        }
    }
}
