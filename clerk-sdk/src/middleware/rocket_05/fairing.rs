//! The fairing, which keeps requests that a gate denies from every handler.

use std::mem::take;

use bytes::Bytes;
use http::header::HOST;
use http::request::Parts;
use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::uri::Origin;
use rocket::http::{Method, Status};
use rocket::request::Request;
use rocket::route::{Handler, Outcome as RouteOutcome, Route};
use rocket::{Build, Data, Response, Rocket};

use super::auth_record::{AuthRecord, auth_record, state};
use super::path_prefix::PathPrefix;
use super::response_rewrite::{add_denial_headers, is_rocket_default, merge_headers, replace};
use crate::auth::RequestState;
use crate::framework_headers;
use crate::middleware::gate::Gate;

/// Applies a [`Gate`] to an application, or to the paths under a prefix.
///
/// If several fairings apply to a path, all must admit a request, and the last one determines who sent it.
#[derive(Clone, Debug)]
pub struct AuthFairing {
    gate: Gate,
    prefix: PathPrefix,
}

impl AuthFairing {
    /// Creates a fairing from a gate, for all paths.
    pub fn new(gate: Gate) -> Self {
        Self {
            gate,
            prefix: PathPrefix::default(),
        }
    }

    /// Limits the fairing to the paths under `path`, by whole segments: `/admin` covers `/admin` and
    /// `/admin/users`, but not `/administrators`.
    ///
    /// Paths are compared after decoding and after resolving `.` and `..`, as a `PathBuf` in a handler and
    /// [`FileServer`](rocket::fs::FileServer) do: `/x/../admin` and `/x/%2e%2e/admin` are covered. A path is covered
    /// too, whatever the prefix is, if Rocket refuses to convert it to a `PathBuf`, as one with an encoded slash, or
    /// if a segment contains a backslash or a control character, or consists of three or more dots.
    ///
    /// What a path leads to is up to your handlers, so two things are not covered:
    ///
    /// - **Other spellings of a file name.** Case matters: `/Admin` is not under `/admin`. Windows and macOS usually
    ///   open the same file for both, and for other Unicode forms of a name; Windows also has short names
    ///   (`ADMIN~1`). If you serve files from such a file system, do not serve the parent of a protected folder:
    ///   keep the folder outside of it, and mount a server of its own.
    /// - **Other routes to the same file or data.** If the parent of a folder is served at a second path, that path
    ///   needs a gate as well.
    ///
    /// If another fairing changes the URI of requests, attach it before this one.
    ///
    /// # Panics
    ///
    /// Panics if `path` is a pattern such as `/admin/<path..>` or `/admin/*`, or has a query or a fragment: it would
    /// cover nothing. Encode such characters if they are meant (`%3C`).
    pub fn at(mut self, path: &str) -> Self {
        assert!(
            !PathPrefix::is_pattern(path),
            "`{path}` is a pattern, not a path: a fairing covers all paths under its own, such as `/admin`"
        );
        self.prefix = PathPrefix::new(path);
        self
    }
}

/// The path to which denied requests are rerouted, so that no other handler sees them. Requests that a client
/// sends to it are forwarded to the next route.
const DENIED_PATH: &str = "/__clerk_denied";

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
        if rocket.routes().any(|route| route.uri == DENIED_PATH) {
            return Ok(rocket);
        }
        let routes =
            METHODS.map(|method| Route::ranked(isize::MIN, method, DENIED_PATH, DeniedHandler));
        Ok(rocket.mount("/", routes.to_vec()))
    }

    async fn on_request(&self, request: &mut Request<'_>, _: &mut Data<'_>) {
        if !self.prefix.covers(request.uri().path())
            || auth_record(request).denied_by_gate.is_some()
        {
            return;
        }
        let admitted = match convert_request_head(request) {
            Some(parts) => self.gate.admit(&parts).await,
            None => Err(bad_request()),
        };
        match admitted {
            Ok(state) => auth_record(request).states.push(state),
            Err(denied) => {
                auth_record(request).denied_by_gate = Some(denied);
                if let Ok(denied_path) = Origin::parse(DENIED_PATH) {
                    request.set_uri(denied_path);
                }
            }
        }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        // If there are several fairings, the first does this for all.
        let AuthRecord {
            states,
            denied_by_gate,
            denied_by_guard,
        } = take(&mut *auth_record(request));
        if let Some(mut denied) = denied_by_gate {
            add_headers(&states, denied.headers_mut());
            return replace(response, denied);
        }
        if let Some(denied) = denied_by_guard
            && denied.status().as_u16() == response.status().code
        {
            match is_rocket_default(request, response).await {
                true => replace(response, denied),
                false => add_denial_headers(response, denied.headers()),
            }
        }
        let mut headers = http::HeaderMap::new();
        add_headers(&states, &mut headers);
        merge_headers(response, &headers);
    }
}

/// Adds the headers of nested gates, the innermost first.
fn add_headers(states: &[RequestState], headers: &mut http::HeaderMap) {
    for state in states.iter().rev() {
        state.add_headers_to(headers);
    }
}

/// Converts the head of a request to the types of the `http` crate, with the state that an outer gate attached.
fn convert_request_head(request: &Request<'_>) -> Option<Parts> {
    let mut parts = http::Request::new(()).into_parts().0;
    parts.method = request.method().as_str().parse().ok()?;
    parts.uri = request.uri().to_string().parse().ok()?;
    parts.headers = framework_headers::from_rocket_05(request.headers())?;
    // HTTP/2 has no `Host` header. Rocket keeps the authority of the request separately.
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

/// Handles denied requests with an empty response, which the fairing replaces by that of the gate.
#[derive(Clone)]
struct DeniedHandler;

#[rocket::async_trait]
impl Handler for DeniedHandler {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> RouteOutcome<'r> {
        match auth_record(request).denied_by_gate {
            Some(_) => RouteOutcome::Success(Response::new()),
            None => RouteOutcome::forward(data, Status::NotFound),
        }
    }
}
