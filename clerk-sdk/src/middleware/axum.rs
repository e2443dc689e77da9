//! Extractors for axum (feature `axum`). An [`AuthLayer`](super::tower::AuthLayer) goes around the routes.
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
use super::gate::{Requirement, session, session_with};
use crate::auth::RequestState;
use crate::jwt::Session;

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
