//! A middleware and extractors for poem (feature `poem`).
//!
//! ```
//! # fn app(authenticator: clerk_sdk::auth::Authenticator) -> impl poem::Endpoint {
//! use clerk_sdk::middleware::poem::{Auth, AuthMiddleware};
//! use poem::{EndpointExt, Route, handler};
//!
//! #[handler]
//! fn hello(Auth(session): Auth) -> String {
//!     format!("hello {}", session.user_id())
//! }
//!
//! Route::new().at("/", hello).with(AuthMiddleware::new(authenticator.optional()))
//! # }
//! ```

use std::marker::PhantomData;

use bytes::Bytes;
use poem::error::ResponseError;
use poem::http::StatusCode;
use poem::http::header::SET_COOKIE;
use poem::{
    Endpoint, Error, FromRequest, IntoResponse, Middleware, Request, RequestBody, Response, Result,
};

use super::denial::Denial;
use super::gate::{Gate, Requirement, add_headers, session, session_with};
use crate::auth::RequestState;
use crate::jwt::Session;

/// Puts a [`Gate`] before an endpoint.
///
/// Requests that pass have a [`RequestState`] among their extensions.
///
/// An error of the endpoint stays one, so that `catch_error` works around the gate. poem has no place in it
/// for headers: those that say why a request is signed out are left out. Cookies cannot be: for a browser
/// that is just back from a handshake the error is one of the response that it makes
/// ([`Error::from_response`]), whose type is gone. Handle errors within the gate to have all headers always.
#[derive(Clone, Debug)]
pub struct AuthMiddleware {
    gate: Gate,
}

impl AuthMiddleware {
    /// Makes a middleware of a gate.
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

/// An endpoint behind a [`Gate`]; [`AuthMiddleware`] makes it.
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
        // A nested route sees what is left of its address; the gate sees all of it.
        *head.uri_mut() = request.original_uri().clone();
        *head.headers_mut() = request.headers().clone();
        if let Some(known) = state(&request) {
            head.extensions_mut().insert(known.clone());
        }
        let admitted = match self.gate.admit(&head.into_parts().0).await {
            Ok(state) => state,
            Err(denied) => return Ok(answer(denied)),
        };
        request.extensions_mut().insert(admitted.clone());
        match self.inner.call(request).await {
            Ok(output) => {
                let mut response = output.into_response();
                add_headers(response.headers_mut(), &admitted);
                Ok(response)
            }
            Err(error) if admitted.headers().contains_key(SET_COOKIE) => {
                let mut response = error.into_response();
                add_headers(response.headers_mut(), &admitted);
                Err(Error::from_response(response))
            }
            Err(error) => Err(error),
        }
    }
}

fn answer(denied: http::Response<Bytes>) -> Response {
    let (head, body) = denied.into_parts();
    let mut response = Response::builder().status(head.status).body(body);
    *response.headers_mut() = head.headers;
    response
}

/// The session of the user who sent the request; who has none is answered with 401, a machine with 403.
#[derive(Clone, Debug)]
pub struct Auth(pub Session);

/// The session of the user who sent the request, if there is one.
#[derive(Clone, Debug)]
pub struct OptionalAuth(pub Option<Session>);

/// The session of a user who has what `R` asks for; who has not is answered with 403.
#[derive(Clone, Debug)]
pub struct RequireAuth<R>(pub Session, pub PhantomData<R>);

/// All that is known of who sent the request: users, machines, and why it is neither.
#[derive(Clone, Debug)]
pub struct AuthState(pub RequestState);

fn state(request: &Request) -> Option<&RequestState> {
    request.extensions().get()
}

impl<'a> FromRequest<'a> for Auth {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        Ok(Self(session(state(request)).map_err(refused)?))
    }
}

impl<'a> FromRequest<'a> for OptionalAuth {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        let state = state(request).ok_or(Denial::NoGate).map_err(refused)?;
        Ok(Self(state.session().cloned()))
    }
}

impl<'a, R: Requirement + Send> FromRequest<'a> for RequireAuth<R> {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        let session = session_with::<R>(state(request)).map_err(refused)?;
        Ok(Self(session, PhantomData))
    }
}

impl<'a> FromRequest<'a> for AuthState {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        let state = state(request).ok_or(Denial::NoGate).map_err(refused)?;
        Ok(Self(state.clone()))
    }
}

fn refused(denial: Denial) -> Error {
    denial.into()
}

impl ResponseError for Denial {
    fn status(&self) -> StatusCode {
        self.response().status()
    }

    fn as_response(&self) -> Response {
        answer(self.response())
    }
}
