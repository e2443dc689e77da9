//! The service behind every connection: records each request, checks its secret key and returns a response.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use axum::http::{Request, Response};
use serde_json::Value;

use crate::http::multipart::{UploadedFile, read_file};
use crate::http::request::RecordedRequest;
use crate::http::response::{ErrorResponse, HandlerResult, to_http_response};
use crate::routes;
use crate::server::request_log::RequestLog;
use crate::server::stubs::{StubAction, StubbedResponse, Stubs};
use crate::state::ids::new_trace_id;
use crate::state::instance::Instance;
use crate::tokens::jwks;

/// Handles requests, and holds all state of an emulator.
pub(crate) struct Service {
    /// The instance of each secret key.
    instances: Mutex<HashMap<String, Instance>>,
    request_log: Mutex<RequestLog>,
    uploads: Mutex<Vec<UploadedFile>>,
    stubs: Mutex<Stubs>,
    jwks: Mutex<Value>,
}

/// Locks a mutex even if it is poisoned. This is sound because no critical section of this file leaves partial changes
/// behind when it panics.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Service {
    pub(crate) fn new(secret_key: &str) -> Self {
        let instances = HashMap::from([(secret_key.to_owned(), Instance::default())]);
        Self {
            instances: Mutex::new(instances),
            request_log: Mutex::default(),
            uploads: Mutex::default(),
            stubs: Mutex::default(),
            jwks: Mutex::new(jwks::instance_jwks()),
        }
    }

    pub(crate) fn add_key(&self, secret_key: &str) {
        let mut instances = lock(&self.instances);
        instances.entry(secret_key.to_owned()).or_default();
    }

    pub(crate) fn seed_users(&self, secret_key: &str, count: usize) {
        let mut instances = lock(&self.instances);
        let instance = instances.entry(secret_key.to_owned()).or_default();
        instance.seeded_users += count;
    }

    pub(crate) fn set_jwks(&self, jwks: Value) {
        *lock(&self.jwks) = jwks;
    }

    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        lock(&self.request_log).to_vec()
    }

    pub(crate) fn uploads(&self) -> Vec<UploadedFile> {
        lock(&self.uploads).clone()
    }

    pub(crate) fn stub(&self, stub: StubbedResponse) {
        lock(&self.stubs).add_response(&stub);
    }

    pub(crate) fn hang(&self, method: &str, path: &str) {
        lock(&self.stubs).add_hang(method, path);
    }

    /// Records a request and returns its stub if it has one, or else the emulator's own response.
    pub(crate) async fn handle(&self, request: Request<Body>) -> Response<Body> {
        let trace_id = new_trace_id();
        let (request, body_read) = RecordedRequest::read(request).await;
        lock(&self.request_log).push(request.clone());
        let stub = lock(&self.stubs).take(&request);
        match stub {
            Some(StubAction::Respond(response)) => return response,
            Some(StubAction::Hang) => return std::future::pending().await,
            None => {}
        }
        let result = match body_read {
            Ok(()) => self.dispatch(&request).await,
            Err(error) => Err(error),
        };
        to_http_response(result, &trace_id)
    }

    async fn dispatch(&self, request: &RecordedRequest) -> HandlerResult {
        if request.api_path().starts_with("/public/") {
            // Public routes take no secret key and therefore have no instance.
            return routes::dispatch(&mut Instance::default(), request);
        }
        let secret_key = self.authenticate(request)?;
        let upload = match routes::is_upload(request) {
            true => Some(read_file(request).await?),
            false => None,
        };
        if (request.method.as_str(), request.api_path()) == ("GET", "/jwks") {
            return Ok(lock(&self.jwks).clone());
        }
        let mut instances = lock(&self.instances);
        let value = routes::dispatch(instances.entry(secret_key).or_default(), request)?;
        lock(&self.uploads).extend(upload);
        Ok(value)
    }

    /// Returns the secret key of a request, if the emulator accepts it.
    fn authenticate(&self, request: &RecordedRequest) -> Result<String, ErrorResponse> {
        let header = request.headers.get("authorization");
        let secret_key = header
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "));
        match secret_key {
            Some(key) if lock(&self.instances).contains_key(key) => Ok(key.to_owned()),
            _ => {
                // `/jwks` has its own error code.
                let code = match request.api_path() {
                    "/jwks" => "clerk_key_invalid",
                    _ => "authentication_invalid",
                };
                let message = "the secret key is missing or invalid";
                Err(ErrorResponse::new(401, code, message))
            }
        }
    }
}
