//! Extractors for axum (feature `axum`), for routes within an [`AuthLayer`](super::tower::AuthLayer).
//!
//! ```
//! # fn app(authenticator: clerk_sdk::auth::Authenticator) -> axum::Router {
//! use axum::{Router, routing::get};
//! use clerk_sdk::middleware::{axum::Auth, tower::AuthLayer};
//!
//! async fn hello(Auth(session): Auth) -> String {
//!     format!("hello {}", session.user_id())
//! }
//!
//! Router::new().route("/", get(hello)).layer(AuthLayer::new(authenticator.optional()))
//! # }
//! ```

use std::marker::PhantomData;

use axum::body::Body;
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::response::{IntoResponse, Response};
use http::request::Parts;

use super::denial::Denial;
use super::extract::{Requirement, session, session_with};
use crate::auth::RequestState;
use crate::jwt::Session;

/// The session of the user who sent the request. Signed-out requests get status 401, requests of machines 403.
#[derive(Clone, Debug)]
pub struct Auth(pub Session);

/// The session of the user who sent the request, if there is one.
#[derive(Clone, Debug)]
pub struct OptionalAuth(pub Option<Session>);

/// The session of a user who meets the requirement `R`. Requests of other users get status 403.
#[derive(Clone, Debug)]
pub struct RequireAuth<R>(pub Session, pub PhantomData<R>);

/// The whole result of authentication: a user, a machine, or the reason why the request is signed out.
#[derive(Clone, Debug)]
pub struct AuthState(pub RequestState);

fn state(parts: &Parts) -> Option<&RequestState> {
    parts.extensions.get()
}

impl<S: Sync> FromRequestParts<S> for Auth {
    type Rejection = Denial;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Denial> {
        session(state(parts)).map(Self)
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for Auth {
    type Rejection = Denial;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Denial> {
        let state = state(parts).ok_or(Denial::NoGate)?;
        Ok(state.session().cloned().map(Self))
    }
}

impl<S: Sync> FromRequestParts<S> for OptionalAuth {
    type Rejection = Denial;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Denial> {
        let state = state(parts).ok_or(Denial::NoGate)?;
        Ok(Self(state.session().cloned()))
    }
}

impl<S: Sync, R: Requirement> FromRequestParts<S> for RequireAuth<R> {
    type Rejection = Denial;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Denial> {
        Ok(Self(session_with::<R>(state(parts))?, PhantomData))
    }
}

impl<S: Sync> FromRequestParts<S> for AuthState {
    type Rejection = Denial;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Denial> {
        state(parts).cloned().map(Self).ok_or(Denial::NoGate)
    }
}

impl IntoResponse for Denial {
    fn into_response(self) -> Response {
        self.response().map(Body::from)
    }
}
