//! A fairing and request guards for Rocket (feature `rocket`).
//!
//! ```
//! # fn app(authenticator: clerk_sdk::auth::Authenticator) {
//! use clerk_sdk::middleware::rocket::{Auth, AuthFairing};
//!
//! #[rocket::get("/")]
//! fn hello(user: Auth) -> String {
//!     format!("hello {}", user.0.user_id())
//! }
//!
//! rocket::build()
//!     .attach(AuthFairing::new(authenticator.optional()))
//!     .mount("/", rocket::routes![hello]);
//! # }
//! ```
//!
//! A fairing sees every request, also those that no guard protects: one with a gate that refuses keeps them
//! from every handler. [`AuthFairing::at`] limits it to a part of the application.
//!
//! What a guard refuses is answered as in the other frameworks, unless the application has a
//! [catcher](rocket::Catcher) for that status: then that answers.

use std::io::Cursor;
use std::marker::PhantomData;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::request::Parts;
use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::uri::Origin;
use rocket::http::{Header, Method, Status};
use rocket::request::{FromRequest, Outcome, Request};
use rocket::route::{Handler, Outcome as Routed, Route};
use rocket::{Build, Data, Response, Rocket};

use super::gate::{Denial, Gate, Requirement, session, session_with};
use crate::auth::RequestState;
use crate::jwt::Session;

/// Puts a [`Gate`] before an application, or before the paths under one.
///
/// Several may be attached; where more than one covers a path, all must let a request pass, and the last
/// one says who sent it.
#[derive(Clone, Debug)]
pub struct AuthFairing {
    gate: Gate,
    prefix: Vec<String>,
}

impl AuthFairing {
    /// Makes a fairing of a gate, for all paths.
    pub fn new(gate: Gate) -> Self {
        Self {
            gate,
            prefix: Vec::new(),
        }
    }

    /// Limits it to the paths under this one, by whole segments: `/admin` covers `/admin` and
    /// `/admin/users`, and not `/administrators`.
    pub fn at(mut self, path: &str) -> Self {
        let segments = path.split('/').filter(|segment| !segment.is_empty());
        self.prefix = segments.map(str::to_owned).collect();
        self
    }

    /// Whether a request is under the path. Segments are compared as Rocket routes them: decoded.
    fn covers(&self, request: &Request<'_>) -> bool {
        let mut segments = request.uri().path().segments();
        self.prefix.iter().all(|own| segments.next() == Some(own))
    }
}

/// What is known of a request, and what it is answered with if it may not pass.
#[derive(Default)]
struct Verdict {
    state: Option<RequestState>,
    /// The gate's answer, which no handler saw.
    denied: Option<http::Response<Bytes>>,
    /// A guard's, which a handler may have made something of.
    refused: Option<http::Response<Bytes>>,
}

fn verdict<'r>(request: &'r Request<'_>) -> MutexGuard<'r, Verdict> {
    let verdict = request.local_cache(|| Mutex::new(Verdict::default()));
    verdict.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where denied requests go, so that no other handler sees them. Who calls it finds nothing.
const DENIED: &str = "/__clerk_denied";

const METHODS: [Method; 9] = [
    Method::Get,
    Method::Put,
    Method::Post,
    Method::Delete,
    Method::Options,
    Method::Head,
    Method::Trace,
    Method::Connect,
    Method::Patch,
];

#[rocket::async_trait]
impl Fairing for AuthFairing {
    fn info(&self) -> Info {
        Info {
            name: "Clerk authentication",
            kind: Kind::Ignite | Kind::Request | Kind::Response,
        }
    }

    async fn on_ignite(&self, rocket: Rocket<Build>) -> rocket::fairing::Result {
        if rocket.routes().any(|route| route.uri == DENIED) {
            return Ok(rocket);
        }
        let routes = METHODS.map(|method| Route::ranked(isize::MIN, method, DENIED, Denied));
        Ok(rocket.mount("/", routes.to_vec()))
    }

    async fn on_request(&self, request: &mut Request<'_>, _: &mut Data<'_>) {
        if !self.covers(request) || verdict(request).denied.is_some() {
            return;
        }
        let outcome = match parts_of(request) {
            Some(parts) => self.gate.admit(&parts).await,
            None => Err(bad_request()),
        };
        match outcome {
            Ok(state) => verdict(request).state = Some(state),
            Err(denied) => {
                verdict(request).denied = Some(denied);
                if let Ok(nowhere) = Origin::parse(DENIED) {
                    request.set_uri(nowhere);
                }
            }
        }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        let mut verdict = verdict(request);
        // The first of several fairings does it for all.
        if let Some(state) = verdict.state.take() {
            add(response, state.headers());
        }
        let refused = verdict.refused.take();
        let refused = refused.filter(|refused| is_unanswered(request, response, refused));
        if let Some(denied) = verdict.denied.take().or(refused) {
            replace(response, denied);
        }
    }
}

/// Whether what a guard refused was answered by Rocket itself: not by a handler that took the guard as an
/// `Option` or a `Result`, and not by a catcher of the application's.
fn is_unanswered(
    request: &Request<'_>,
    response: &Response<'_>,
    refused: &http::Response<Bytes>,
) -> bool {
    let code = refused.status().as_u16();
    let mut catchers = request.rocket().catchers();
    let is_caught = catchers.any(|it| it.code.is_none_or(|own| own == code));
    response.status().code == code && !is_caught
}

/// The head of a request, of another version of the `http` crate than this one's.
fn parts_of(request: &Request<'_>) -> Option<Parts> {
    let mut parts = http::Request::new(()).into_parts().0;
    parts.method = request.method().as_str().parse().ok()?;
    parts.uri = request.uri().to_string().parse().ok()?;
    for header in request.headers().iter() {
        let name = http::HeaderName::from_bytes(header.name().as_str().as_bytes()).ok()?;
        let value = http::HeaderValue::from_str(header.value()).ok()?;
        parts.headers.append(name, value);
    }
    Some(parts)
}

fn bad_request() -> http::Response<Bytes> {
    let mut response = http::Response::new(Bytes::new());
    *response.status_mut() = http::StatusCode::BAD_REQUEST;
    response
}

fn add(response: &mut Response<'_>, headers: &http::HeaderMap) {
    for (name, value) in headers {
        if let Ok(value) = value.to_str() {
            response.adjoin_header(Header::new(name.to_string(), value.to_owned()));
        }
    }
}

/// Makes a response, of whatever answered, into that of the gate or the guard.
fn replace(response: &mut Response<'_>, denied: http::Response<Bytes>) {
    let (head, body) = denied.into_parts();
    let own = head.headers.keys().map(http::HeaderName::as_str);
    for name in own.chain(["content-type", "content-length"]) {
        response.remove_header(name);
    }
    response.set_status(Status::new(head.status.as_u16()));
    add(response, &head.headers);
    response.set_sized_body(body.len(), Cursor::new(body));
}

/// Answers nothing: the fairing puts the answer in its place.
#[derive(Clone)]
struct Denied;

#[rocket::async_trait]
impl Handler for Denied {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Routed<'r> {
        match verdict(request).denied {
            Some(_) => Routed::Success(Response::new()),
            None => Routed::forward(data, Status::NotFound),
        }
    }
}

/// The session of the user who sent the request; who has none is answered with 401.
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

/// Passes what a guard found, or has the fairing answer what it denied with.
fn guarded<T>(request: &Request<'_>, found: Result<T, Denial>) -> Outcome<T, Denial> {
    match found {
        Ok(found) => Outcome::Success(found),
        Err(denial) => {
            let response = denial.response();
            let status = Status::new(response.status().as_u16());
            verdict(request).refused = Some(response);
            Outcome::Error((status, denial))
        }
    }
}

fn state(request: &Request<'_>) -> Option<RequestState> {
    verdict(request).state.clone()
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Auth {
    type Error = Denial;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Denial> {
        let session = session(state(request).as_ref());
        guarded(request, session.map(Self))
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for OptionalAuth {
    type Error = Denial;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Denial> {
        let state = state(request).ok_or(Denial::NoGate);
        guarded(request, state.map(|state| Self(state.session().cloned())))
    }
}

#[rocket::async_trait]
impl<'r, R: Requirement> FromRequest<'r> for RequireAuth<R> {
    type Error = Denial;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Denial> {
        let session = session_with::<R>(state(request).as_ref());
        guarded(request, session.map(|session| Self(session, PhantomData)))
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for AuthState {
    type Error = Denial;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Denial> {
        guarded(request, state(request).map(Self).ok_or(Denial::NoGate))
    }
}
