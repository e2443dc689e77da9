//! Request guards: the session or the state that a fairing attached to a request.

use std::marker::PhantomData;

use rocket::http::Status;
use rocket::request::{FromRequest, Outcome, Request};

use super::auth_record::{auth_record, state};
use crate::auth::RequestState;
use crate::jwt::SessionAuth;
use crate::middleware::extract::{Requirement, session, session_with};
use crate::middleware::rejection::Rejection;

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

/// Converts the result of a guard, and records a rejection so that the fairing responds with it.
fn guard_outcome<T>(request: &Request<'_>, result: Result<T, Rejection>) -> Outcome<T, Rejection> {
    match result {
        Ok(value) => Outcome::Success(value),
        Err(rejection) => {
            let response = rejection.to_response();
            let status = Status::new(response.status().as_u16());
            auth_record(request).denied_by_guard = Some(response);
            Outcome::Error((status, rejection))
        }
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Auth {
    type Error = Rejection;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Rejection> {
        let session = session(state(request).as_ref());
        guard_outcome(request, session.map(Self))
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for OptionalAuth {
    type Error = Rejection;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Rejection> {
        let state = state(request).ok_or(Rejection::NoGate);
        guard_outcome(request, state.map(|state| Self(state.session().cloned())))
    }
}

#[rocket::async_trait]
impl<'r, R: Requirement> FromRequest<'r> for RequireAuth<R> {
    type Error = Rejection;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Rejection> {
        let session = session_with::<R>(state(request).as_ref());
        guard_outcome(request, session.map(Self::new))
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for AuthState {
    type Error = Rejection;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Rejection> {
        guard_outcome(request, state(request).map(Self).ok_or(Rejection::NoGate))
    }
}
