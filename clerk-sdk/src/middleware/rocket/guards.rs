//! Request guards: the session or the state that a fairing attached to a request.

use std::marker::PhantomData;

use rocket::http::Status;
use rocket::request::{FromRequest, Outcome, Request};

use super::auth_record::{auth_record, state};
use crate::auth::RequestState;
use crate::jwt::Session;
use crate::middleware::denial::Denial;
use crate::middleware::extract::{Requirement, session, session_with};

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

/// Converts the result of a guard, and records a denial so that the fairing responds with it.
fn guard_outcome<T>(request: &Request<'_>, result: Result<T, Denial>) -> Outcome<T, Denial> {
    match result {
        Ok(value) => Outcome::Success(value),
        Err(denial) => {
            let response = denial.response();
            let status = Status::new(response.status().as_u16());
            auth_record(request).denied_by_guard = Some(response);
            Outcome::Error((status, denial))
        }
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Auth {
    type Error = Denial;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Denial> {
        let session = session(state(request).as_ref());
        guard_outcome(request, session.map(Self))
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for OptionalAuth {
    type Error = Denial;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Denial> {
        let state = state(request).ok_or(Denial::NoGate);
        guard_outcome(request, state.map(|state| Self(state.session().cloned())))
    }
}

#[rocket::async_trait]
impl<'r, R: Requirement> FromRequest<'r> for RequireAuth<R> {
    type Error = Denial;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Denial> {
        let session = session_with::<R>(state(request).as_ref());
        guard_outcome(request, session.map(|session| Self(session, PhantomData)))
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for AuthState {
    type Error = Denial;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Denial> {
        guard_outcome(request, state(request).map(Self).ok_or(Denial::NoGate))
    }
}
