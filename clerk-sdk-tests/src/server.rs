//! The server around the state: it records, checks the key, and answers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::{Body, to_bytes};
use axum::http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use axum::{Router, routing::any};
use tokio::sync::oneshot;

use crate::answer::{Answer, Failure, response};
use crate::request::{RecordedRequest, Upload};
use crate::routes;
use crate::state::State;

/// More than the largest file the API takes.
const MOST_BYTES: usize = 20 * 1024 * 1024;

/// An answer to give once, in place of the stand-in's own.
#[derive(Clone, Debug)]
pub struct Canned {
    /// The method of the request to answer.
    pub method: String,
    /// The path of the request to answer, with `/v1`, as it is on the wire.
    pub path: String,
    /// The status to answer with.
    pub status: u16,
    /// The headers to answer with.
    pub headers: Vec<(String, String)>,
    /// The body to answer with.
    pub body: Vec<u8>,
}

/// What to do with a request instead of answering it from the state.
enum Script {
    Answer(Canned),
    Hang { method: String, path: String },
}

/// Everything that the requests share.
pub(crate) struct Server {
    states: Mutex<HashMap<String, State>>,
    requests: Mutex<Vec<RecordedRequest>>,
    uploads: Mutex<Vec<Upload>>,
    scripts: Mutex<Vec<Script>>,
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
        }
    }

    pub(crate) fn add_key(&self, key: &str) {
        lock(&self.states).entry(key.to_owned()).or_default();
    }

    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        lock(&self.requests).clone()
    }

    pub(crate) fn uploads(&self) -> Vec<Upload> {
        lock(&self.uploads).clone()
    }

    pub(crate) fn answer(&self, canned: Canned) {
        lock(&self.scripts).push(Script::Answer(canned));
    }

    pub(crate) fn hang(&self, method: &str, path: &str) {
        let (method, path) = (method.to_owned(), path.to_owned());
        lock(&self.scripts).push(Script::Hang { method, path });
    }

    /// The script for a request, which is then used up.
    fn script(&self, request: &RecordedRequest) -> Option<Script> {
        let mut scripts = lock(&self.scripts);
        let fits = |script: &Script| {
            let (method, path) = match script {
                Script::Answer(canned) => (&canned.method, &canned.path),
                Script::Hang { method, path } => (method, path),
            };
            *method == request.method && *path == request.path
        };
        let place = scripts.iter().position(fits)?;
        Some(scripts.remove(place))
    }

    async fn handle(&self, request: Request<Body>) -> Response<Body> {
        let trace_id = crate::ids::trace_id();
        let request = match record(request).await {
            Ok(request) => request,
            Err(failure) => return response(Err(failure), &trace_id),
        };
        lock(&self.requests).push(request.clone());
        match self.script(&request) {
            Some(Script::Answer(canned)) => return canned.response(),
            Some(Script::Hang { .. }) => std::future::pending().await,
            None => {}
        }
        response(self.by_state(&request).await, &trace_id)
    }

    async fn by_state(&self, request: &RecordedRequest) -> Answer {
        let key = self.key(request)?;
        if routes::is_upload(request) {
            let upload = request.upload().await?;
            lock(&self.uploads).push(upload);
        }
        let mut states = lock(&self.states);
        routes::answer(states.entry(key).or_default(), request)
    }

    /// The key of a request, if it is one that was given.
    fn key(&self, request: &RecordedRequest) -> Result<String, Failure> {
        let header = request.headers.get("authorization");
        let key = header
            .and_then(|it| it.to_str().ok())
            .and_then(|it| it.strip_prefix("Bearer "));
        match key {
            Some(key) if lock(&self.states).contains_key(key) => Ok(key.to_owned()),
            _ => Err(Failure::new(
                401,
                "authentication_invalid",
                "the secret key is missing or wrong",
            )),
        }
    }
}

async fn record(request: Request<Body>) -> Result<RecordedRequest, Failure> {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, MOST_BYTES)
        .await
        .map_err(|_| Failure::new(413, "request_too_large", "the body is too long"))?;
    Ok(RecordedRequest {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().map(str::to_owned),
        headers: head.headers,
        body,
    })
}

impl Canned {
    fn response(self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in &self.headers {
            if let (Ok(name), Ok(value)) =
                (HeaderName::try_from(name), HeaderValue::try_from(value))
            {
                response.headers_mut().append(name, value);
            }
        }
        response
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
