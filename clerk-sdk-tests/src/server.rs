//! The server around the state: it records, checks the key, and answers.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Request, Response};
use axum::{Router, routing::any};
use serde_json::Value;
use tokio::sync::oneshot;

use crate::answer::{Answer, Failure, response};
use crate::jwks;
use crate::request::{RecordedRequest, Upload};
use crate::routes;
use crate::state::State;

/// More than the largest file the API takes.
const MOST_BYTES: usize = 20 * 1024 * 1024;

const MOST_REQUESTS: usize = 20_000;

/// An answer to give once, in place of the emulator's own.
#[derive(Clone, Debug)]
pub struct StubbedResponse {
    /// The method of the request to answer.
    pub method: String,
    /// The path of the request to answer, as it is on the wire; `/v1` may be left out.
    pub path: String,
    /// The status to answer with.
    pub status: u16,
    /// The headers to answer with.
    pub headers: Vec<(String, String)>,
    /// The body to answer with.
    pub body: Vec<u8>,
}

/// What to do with a request instead of answering it from the state.
struct Script {
    method: String,
    path: String,
    /// Without one the request hangs.
    answer: Option<Response<Body>>,
}

/// Everything that the requests share.
pub(crate) struct Server {
    states: Mutex<HashMap<String, State>>,
    requests: Mutex<VecDeque<RecordedRequest>>,
    uploads: Mutex<Vec<Upload>>,
    scripts: Mutex<Vec<Script>>,
    jwks: Mutex<Value>,
}

/// A panic elsewhere leaves nothing half done here.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Server {
    pub(crate) fn new(key: &str) -> Self {
        Self {
            states: Mutex::new(HashMap::from([(key.to_owned(), State::default())])),
            requests: Mutex::default(),
            uploads: Mutex::default(),
            scripts: Mutex::default(),
            jwks: Mutex::new(jwks::get()),
        }
    }

    pub(crate) fn add_key(&self, key: &str) {
        lock(&self.states).entry(key.to_owned()).or_default();
    }

    pub(crate) fn seed_users(&self, key: &str, count: usize) {
        let mut states = lock(&self.states);
        states.entry(key.to_owned()).or_default().crowd += count;
    }

    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        lock(&self.requests).iter().cloned().collect()
    }

    pub(crate) fn uploads(&self) -> Vec<Upload> {
        lock(&self.uploads).clone()
    }

    pub(crate) fn stub(&self, canned: StubbedResponse) {
        let answer = Some(canned.response());
        let path = short(&canned.path).to_owned();
        lock(&self.scripts).push(Script {
            method: canned.method,
            path,
            answer,
        });
    }

    pub(crate) fn set_jwks(&self, jwks: Value) {
        *lock(&self.jwks) = jwks;
    }

    pub(crate) fn hang(&self, method: &str, path: &str) {
        lock(&self.scripts).push(Script {
            method: method.to_owned(),
            path: short(path).to_owned(),
            answer: None,
        });
    }

    /// Keeps a request to show, and no more than the last of them: a long run is not a full memory.
    fn remember(&self, request: RecordedRequest) {
        let mut requests = lock(&self.requests);
        if requests.len() == MOST_REQUESTS {
            requests.pop_front();
        }
        requests.push_back(request);
    }

    /// The script for a request, which is then used up.
    fn script(&self, request: &RecordedRequest) -> Option<Script> {
        let mut scripts = lock(&self.scripts);
        let path = short(&request.path);
        let fits = |it: &Script| it.method == request.method && it.path == path;
        let place = scripts.iter().position(fits)?;
        Some(scripts.remove(place))
    }

    async fn handle(&self, request: Request<Body>) -> Response<Body> {
        let trace_id = crate::ids::trace_id();
        let (request, whole) = record(request).await;
        self.remember(request.clone());
        if let Some(script) = self.script(&request) {
            return match script.answer {
                Some(answer) => answer,
                None => std::future::pending().await,
            };
        }
        let answer = match whole {
            Ok(()) => self.by_state(&request).await,
            Err(failure) => Err(failure),
        };
        response(answer, &trace_id)
    }

    async fn by_state(&self, request: &RecordedRequest) -> Answer {
        if short(&request.path).starts_with("/public/") {
            return routes::answer(&mut State::default(), request);
        }
        let key = self.key(request)?;
        let upload = match routes::is_upload(request) {
            true => Some(request.upload().await?),
            false => None,
        };
        if (request.method.as_str(), short(&request.path)) == ("GET", "/jwks") {
            return Ok(lock(&self.jwks).clone());
        }
        let mut states = lock(&self.states);
        let value = routes::answer(states.entry(key).or_default(), request)?;
        lock(&self.uploads).extend(upload);
        Ok(value)
    }

    /// The key of a request, if it is one that was given.
    fn key(&self, request: &RecordedRequest) -> Result<String, Failure> {
        let header = request.headers.get("authorization");
        let key = header
            .and_then(|it| it.to_str().ok())
            .and_then(|it| it.strip_prefix("Bearer "));
        match key {
            Some(key) if lock(&self.states).contains_key(key) => Ok(key.to_owned()),
            _ => {
                // One route has a code of its own.
                let code = match short(&request.path) {
                    "/jwks" => "clerk_key_invalid",
                    _ => "authentication_invalid",
                };
                let message = "the secret key is missing or wrong";
                Err(Failure::new(401, code, message))
            }
        }
    }
}

/// What arrived, and whether all of it was taken in; a body that is too long is left out.
async fn record(request: Request<Body>) -> (RecordedRequest, Result<(), Failure>) {
    let (head, body) = request.into_parts();
    let (body, whole) = match to_bytes(body, MOST_BYTES).await {
        Ok(body) => (body, Ok(())),
        Err(_) => {
            let failure = Failure::new(413, "request_too_large", "the body is too long");
            (Bytes::new(), Err(failure))
        }
    };
    let recorded = RecordedRequest {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().map(str::to_owned),
        headers: head.headers,
        body,
    };
    (recorded, whole)
}

/// A path without the `/v1` that all have.
fn short(path: &str) -> &str {
    match path.strip_prefix("/v1") {
        Some(rest) if rest.starts_with('/') => rest,
        _ => path,
    }
}

impl StubbedResponse {
    fn response(&self) -> Response<Body> {
        let mut response = Response::builder().status(self.status);
        for (name, value) in &self.headers {
            response = response.header(name, value);
        }
        let response = response.body(Body::from(self.body.clone()));
        response.expect("a canned answer has a status and headers that HTTP can carry")
    }
}

/// Serves until told to stop; what is under way then is dropped.
pub(crate) async fn serve(
    server: Arc<Server>,
    listener: std::net::TcpListener,
    stopped: oneshot::Receiver<()>,
) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
        return;
    };
    let handler = any(move |request: Request<Body>| {
        let server = server.clone();
        async move { server.handle(request).await }
    });
    let router: Router = Router::new().fallback_service(handler);
    let serving = axum::serve(listener, router);
    tokio::select! {
        _ = serving.into_future() => {}
        _ = stopped => {}
    }
}
