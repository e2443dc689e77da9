//! Request guards: what they extract from the state that a fairing attached to a request.

use rocket::http::Status;
use rocket::request::{FromRequest, Outcome, Request};
use rocket::response::{self, Responder, Response};

use super::auth_record::{auth_record, state};
use super::response_rewrite::replace;
use crate::middleware::extractors::{extract, for_each_extractor};
use crate::middleware::rejection::Rejection;

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

macro_rules! implement_from_request {
    ([$($generics:tt)*] $guard:ty) => {
        #[rocket::async_trait]
        impl<'r, $($generics)*> FromRequest<'r> for $guard {
            type Error = Rejection;

            async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Rejection> {
                let extracted = extract(state(request).as_ref(), "AuthFairing");
                guard_outcome(request, extracted)
            }
        }
    };
}
for_each_extractor!(implement_from_request);

/// For handlers that return a `Result`.
impl<'r> Responder<'r, 'static> for Rejection {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let mut response = Response::new();
        replace(&mut response, self.to_response());
        Ok(response)
    }
}
