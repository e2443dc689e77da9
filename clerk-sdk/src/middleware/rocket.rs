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
//! What a guard refuses is answered as in the other frameworks, unless the application answers it: a
//! handler that takes the guard as an `Option` or a `Result`, or a [catcher](rocket::Catcher), also a default
//! one. Then its answer stays, and gets the headers `WWW-Authenticate` and `Retry-After` unless it has them.
//!
//! What answers the [preflights of browsers](super#preflights-of-browsers) are routes for `OPTIONS`. They
//! come after the gates, which must [let preflights pass](Gate::allow_preflight).

use std::io::Cursor;
use std::marker::PhantomData;
use std::mem::take;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::header::{HOST, RETRY_AFTER, WWW_AUTHENTICATE};
use http::request::Parts;
use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::uri::Origin;
use rocket::http::{Header, Method, Status};
use rocket::request::{FromRequest, Outcome, Request};
use rocket::route::{Handler, Outcome as Routed, Route};
use rocket::{Build, Catcher, Data, Response, Rocket};

use super::denial::Denial;
use super::gate::{Gate, Requirement, add_headers, session, session_with};
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
    /// What the states have for the response.
    headers: http::HeaderMap,
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
            Ok(state) => {
                let mut verdict = verdict(request);
                add_headers(&mut verdict.headers, &state);
                verdict.state = Some(state);
            }
            Err(denied) => {
                verdict(request).denied = Some(denied);
                if let Ok(nowhere) = Origin::parse(DENIED) {
                    request.set_uri(nowhere);
                }
            }
        }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        // The first of several fairings does it for all.
        let Verdict {
            headers,
            denied,
            refused,
            ..
        } = take(&mut *verdict(request));
        if let Some(denied) = denied {
            replace(response, denied);
        } else if let Some(refused) = refused
            && refused.status().as_u16() == response.status().code
        {
            match is_rockets_own(request, response).await {
                true => replace(response, refused),
                false => complete(response, refused.headers()),
            }
        }
        add(response, &headers);
    }
}

/// Whether a response is what Rocket answers where nothing in the application does. That cannot be asked;
/// but what Rocket would answer can be.
async fn is_rockets_own(request: &Request<'_>, response: &mut Response<'_>) -> bool {
    let rocket = Catcher::default().handler;
    let Ok(mut own) = rocket.handle(response.status(), request).await else {
        return false;
    };
    let is_alike = own.content_type() == response.content_type()
        && own.body().preset_size() == response.body().preset_size();
    if !is_alike {
        return false;
    }
    let own = own.body_mut().to_bytes().await;
    let Ok(body) = response.body_mut().to_bytes().await else {
        return false;
    };
    let is_own = own.is_ok_and(|own| own == body);
    response.set_sized_body(body.len(), Cursor::new(body));
    is_own
}

/// Adds to an answer of the application's what a refusal says to browsers and proxies.
fn complete(response: &mut Response<'_>, refusal: &http::HeaderMap) {
    for name in [WWW_AUTHENTICATE, RETRY_AFTER] {
        let value = refusal.get(&name).and_then(text);
        if let Some(value) = value
            && !response.headers().contains(name.as_str())
        {
            response.set_header(Header::new(name.to_string(), value.to_owned()));
        }
    }
}

/// The head of a request, of another version of the `http` crate than this one's, with what a gate before
/// this one left there.
fn parts_of(request: &Request<'_>) -> Option<Parts> {
    let mut parts = http::Request::new(()).into_parts().0;
    parts.method = request.method().as_str().parse().ok()?;
    parts.uri = request.uri().to_string().parse().ok()?;
    for header in request.headers().iter() {
        let name = http::HeaderName::from_bytes(header.name().as_str().as_bytes()).ok()?;
        let value = http::HeaderValue::from_bytes(header.value().as_bytes()).ok()?;
        parts.headers.append(name, value);
    }
    // HTTP/2 has no such header; Rocket keeps what it has instead.
    if !parts.headers.contains_key(HOST)
        && let Some(host) = request.host()
    {
        parts.headers.insert(HOST, host.to_string().parse().ok()?);
    }
    if let Some(state) = state(request) {
        parts.extensions.insert(state);
    }
    Some(parts)
}

fn bad_request() -> http::Response<Bytes> {
    let mut response = http::Response::new(Bytes::new());
    *response.status_mut() = http::StatusCode::BAD_REQUEST;
    response
}

/// The text of a header. Rocket keeps no other ones.
fn text(value: &http::HeaderValue) -> Option<&str> {
    std::str::from_utf8(value.as_bytes()).ok()
}

fn add(response: &mut Response<'_>, headers: &http::HeaderMap) {
    for (name, value) in headers {
        if let Some(value) = text(value) {
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
