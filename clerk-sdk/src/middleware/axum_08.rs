//! Extractors for axum (feature `axum-08`), for routes within an [`AuthLayer`](super::tower::AuthLayer).
//!
//! ```
//! # fn app(authenticator: clerk_sdk::auth::Authenticator) -> axum::Router {
//! use axum::{Router, routing::get};
//! use clerk_sdk::middleware::{axum_08::Auth, tower::AuthLayer};
//!
//! async fn hello(Auth(session): Auth) -> String {
//!     format!("hello {}", session.user_id())
//! }
//!
//! Router::new().route("/", get(hello)).layer(AuthLayer::new(authenticator.allow_all()))
//! # }
//! ```

use std::marker::PhantomData;

use axum::body::Body;
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::response::{IntoResponse, Response};
use http::request::Parts;

use super::extract::{Requirement, session, session_with};
use super::rejection::Rejection;
use crate::auth::RequestState;
use crate::jwt::SessionAuth;

/// The session of the user who sent the request. Signed-out requests get status 401, requests of machines 403.
#[derive(Clone, Debug)]
pub struct Auth(pub SessionAuth);

/// The session of the user who sent the request, if there is one. Without a gate, the response has status 500.
///
/// Prefer it to `Option<Auth>`, which is `None` without a gate too, so that a forgotten gate goes unnoticed.
#[derive(Clone, Debug)]
pub struct OptionalAuth(pub Option<SessionAuth>);

/// The session of a user who meets the requirement `R`. Requests of other users get status 403.
#[derive(Clone, Debug)]
pub struct RequireAuth<R> {
    /// The session, which meets the requirement.
    pub session: SessionAuth,
    requirement: PhantomData<fn() -> R>,
}

impl<R> RequireAuth<R> {
    fn new(session: SessionAuth) -> Self {
        Self {
            session,
            requirement: PhantomData,
        }
    }
}

/// The whole result of authentication: a user, a machine, or the reason why the request is signed out.
#[derive(Clone, Debug)]
pub struct AuthState(pub RequestState);

fn state(parts: &Parts) -> Option<&RequestState> {
    parts.extensions.get()
}

impl<S: Sync> FromRequestParts<S> for Auth {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Rejection> {
        session(state(parts)).map(Self)
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for Auth {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Rejection> {
        Ok(state(parts)
            .and_then(RequestState::session)
            .cloned()
            .map(Self))
    }
}

impl<S: Sync> FromRequestParts<S> for OptionalAuth {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Rejection> {
        let state = state(parts).ok_or(Rejection::NoGate)?;
        Ok(Self(state.session().cloned()))
    }
}

impl<S: Sync, R: Requirement> FromRequestParts<S> for RequireAuth<R> {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Rejection> {
        session_with::<R>(state(parts)).map(Self::new)
    }
}

impl<S: Sync> FromRequestParts<S> for AuthState {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Rejection> {
        state(parts).cloned().map(Self).ok_or(Rejection::NoGate)
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        self.to_response().map(Body::from)
    }
}
