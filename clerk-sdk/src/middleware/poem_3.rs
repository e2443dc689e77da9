//! A middleware and extractors for poem (feature `poem-3`).
//!
//! ```
//! # fn app(authenticator: clerk_sdk::auth::Authenticator) -> impl poem::Endpoint {
//! use clerk_sdk::middleware::poem_3::{Auth, AuthMiddleware};
//! use poem::{EndpointExt, Route, handler};
//!
//! #[handler]
//! fn hello(Auth(session): Auth) -> String {
//!     format!("hello {}", session.user_id())
//! }
//!
//! Route::new().at("/", hello).with(AuthMiddleware::new(authenticator.allow_all()))
//! # }
//! ```

use bytes::Bytes;
use poem::error::ResponseError;
use poem::http::header::SET_COOKIE;
use poem::http::{StatusCode, Uri};
use poem::{
    Endpoint, Error, FromRequest, IntoResponse, Middleware, Request, RequestBody, Response, Result,
};

use super::extractors::{extract, for_each_extractor};
use super::gate::Gate;
use super::rejection::Rejection;
use crate::auth::RequestState;

pub use super::extractors::{
    ApiKey, Auth, AuthState, M2mToken, Machine, OAuthToken, OptionalAuth, RequireAuth,
};

/// Wraps an endpoint in a [`Gate`].
///
/// Admitted requests have a [`RequestState`] in their extensions.
///
/// A gate around a route does not protect files in its folder if a `StaticFilesEndpoint` serves the parent folder. See
/// [gates and paths](super#gates-and-paths).
///
/// Errors of the endpoint keep their type, so that `catch_error` works outside the gate. poem's errors cannot
/// have headers, so the headers that say why a request is signed out are lost. Cookies must not be lost: if a
/// browser has just returned from a handshake, the error is replaced by an error made from its
/// response ([`Error::from_response`]), which has no type. To keep the type and all headers, handle errors inside the
/// gate.
#[derive(Clone, Debug)]
pub struct AuthMiddleware {
    gate: Gate,
}

impl AuthMiddleware {
    /// Creates a middleware from a gate.
    pub fn new(gate: Gate) -> Self {
        Self { gate }
    }
}

impl<E: Endpoint> Middleware<E> for AuthMiddleware {
    type Output = AuthEndpoint<E>;

    fn transform(&self, inner: E) -> AuthEndpoint<E> {
        AuthEndpoint {
            gate: self.gate.clone(),
            inner,
        }
    }
}

/// Applies the gate, as [`AuthMiddleware`] does: `.with(authenticator.require_auth())`.
impl<E: Endpoint> Middleware<E> for Gate {
    type Output = AuthEndpoint<E>;

    fn transform(&self, inner: E) -> AuthEndpoint<E> {
        AuthMiddleware::new(self.clone()).transform(inner)
    }
}

/// An endpoint wrapped in a [`Gate`] by [`AuthMiddleware`].
#[derive(Clone, Debug)]
pub struct AuthEndpoint<E> {
    gate: Gate,
    inner: E,
}

impl<E: Endpoint> Endpoint for AuthEndpoint<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        let mut head = http::Request::new(());
        *head.method_mut() = request.method().clone();
        // `Request::uri` lacks the prefix of a nested route; the gate needs the whole URI.
        *head.uri_mut() = whole_uri(&request).clone();
        *head.headers_mut() = request.headers().clone();
        if let Some(outer) = state(&request) {
            head.extensions_mut().insert(outer.clone());
        }
        let admitted = match self.gate.admit(&head.into_parts().0).await {
            Ok(state) => state,
            Err(denied) => return Ok(convert_response(denied)),
        };
        request.extensions_mut().insert(admitted.clone());
        match self.inner.call(request).await {
            Ok(output) => {
                let mut response = output.into_response();
                admitted.add_headers_to(response.headers_mut());
                Ok(response)
            }
            Err(error) if admitted.headers().contains_key(SET_COOKIE) => {
                let mut response = error.into_response();
                admitted.add_headers_to(response.headers_mut());
                Err(Error::from_response(response))
            }
            Err(error) => Err(error),
        }
    }
}

/// Returns the URI before nested routes removed their prefixes. A request that a test builds has none: poem sets it to
/// `/`.
fn whole_uri(request: &Request) -> &Uri {
    match request.original_uri() {
        original if *original == Uri::default() => request.uri(),
        original => original,
    }
}

fn convert_response(denied: http::Response<Bytes>) -> Response {
    let (head, body) = denied.into_parts();
    let mut response = Response::builder().status(head.status).body(body);
    *response.headers_mut() = head.headers;
    response
}

fn state(request: &Request) -> Option<&RequestState> {
    request.extensions().get()
}

macro_rules! implement_from_request {
    ([$($generics:tt)*] $extractor:ty) => {
        impl<'a, $($generics)*> FromRequest<'a> for $extractor {
            async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
                Ok(extract(state(request), "AuthMiddleware")?)
            }
        }
    };
}
for_each_extractor!(implement_from_request);

impl ResponseError for Rejection {
    fn status(&self) -> StatusCode {
        self.to_response().status()
    }

    fn as_response(&self) -> Response {
        convert_response(self.to_response())
    }
}
