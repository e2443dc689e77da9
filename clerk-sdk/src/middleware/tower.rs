//! A tower layer (feature `tower`): for axum, tonic, hyper and whatever else takes layers.

use std::future::Future;
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

use super::gate::{Gate, add_headers};

/// Puts a [`Gate`] before a service.
///
/// Requests that pass have a [`RequestState`](crate::auth::RequestState) among their extensions. In a nested
/// router of axum it sees the whole address of a request (feature `axum`).
///
/// tonic takes it as it is: `Server::builder().layer(AuthLayer::new(gate))`. A client of gRPC makes
/// `Unauthenticated` of status 401, `PermissionDenied` of 403 and `Unavailable` of 503.
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
{
    type Response = Response<AuthBody<R>>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;

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
            let shortened =
                original_uri(&parts).map(|whole| std::mem::replace(&mut parts.uri, whole));
            let admitted = gate.admit(&parts).await;
            if let Some(shortened) = shortened {
                parts.uri = shortened;
            }
            let state = match admitted {
                Ok(state) => state,
                Err(response) => return Ok(response.map(AuthBody::gate)),
            };
            parts.extensions.insert(state.clone());
            let mut response = inner.call(Request::from_parts(parts, body)).await?;
            add_headers(response.headers_mut(), &state);
            Ok(response.map(AuthBody::service))
        })
    }
}

/// The address that a request had before the routers of axum that it came through took parts off it.
#[cfg(feature = "axum")]
fn original_uri(parts: &Parts) -> Option<Uri> {
    let original = parts.extensions.get::<axum::extract::OriginalUri>();
    original.map(|original| original.0.clone())
}

#[cfg(not(feature = "axum"))]
fn original_uri(_: &Parts) -> Option<Uri> {
    None
}

pin_project! {
    /// The body of a response of an [`AuthService`]: that of the service within, or that of the gate's own
    /// answer. It is a body wherever `R` is one.
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

/// Layers that may answer in the place of a service, such as those for timeouts and CORS, ask for this.
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
