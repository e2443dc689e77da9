//! The routes of HTTP: who may use them, and the form of requests and responses.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::body::{Body, to_bytes};
use axum::http::Request;
use axum::{Router, routing::any};

use super::call::Call;
use super::controls::Controls;
use super::routes;
use crate::http::api_version::ApiVersion;
use crate::http::request::RecordedRequest;
use crate::http::response::{ErrorResponse, Success, to_http_response};
use crate::server::local_request::{is_local_request, is_not_from_website};

/// The largest body, in bytes: seeds and snapshots are larger than what the API accepts.
const MAX_BODY: usize = 256 * 1024 * 1024;

/// Returns the routes.
pub(crate) fn routes(controls: Arc<Controls>) -> Router {
    let handler = any(move |request: Request<Body>| {
        let controls = controls.clone();
        async move {
            let result = respond(&controls, request).await;
            to_http_response(result, "", ApiVersion::NEWEST.as_str())
        }
    });
    Router::new().route("/_emulator/{*route}", handler)
}

async fn respond(controls: &Controls, request: Request<Body>) -> Result<Success, ErrorResponse> {
    check_sender(controls, &request)?;
    let (head, body) = request.into_parts();
    let body = to_bytes(body, MAX_BODY).await.map_err(|_| {
        let message = "The request body is too large.";
        ErrorResponse::new(413, "request_body_too_large", message)
    })?;
    let mut query = RecordedRequest::empty();
    query.query = head.uri.query().map(str::to_owned);
    let key = query.query_value("key");
    let key = key.unwrap_or_else(|| controls.default_key.to_owned());
    if controls.service.with_instance(&key, |_| ()).is_none() {
        let message = "The emulator has no instance with this secret key.";
        return Err(ErrorResponse::new(404, "instance_not_found", message));
    }
    let path = head.uri.path().to_owned();
    let path: Vec<&str> = path.split('/').skip(2).collect();
    let call = Call {
        controls,
        key: &key,
        body: &body,
    };
    let result = routes::handle(&call, head.method.as_str(), &path);
    let body = result.map_err(|error| error.into_response())?;
    Ok(Success::new(body))
}

/// Refuses a request that a website may have caused, or that comes from another machine.
pub(crate) fn check_sender(
    controls: &Controls,
    request: &Request<Body>,
) -> Result<(), ErrorResponse> {
    let is_open = controls.is_open.load(Ordering::Relaxed);
    if !is_open && !controls.address.ip().is_loopback() {
        let message = "The control routes are off, because the emulator listens on other addresses than loopback.";
        return Err(ErrorResponse::new(404, "control_disabled", message));
    }
    if is_local_request(request) || (is_open && is_not_from_website(request)) {
        return Ok(());
    }
    let message = "The control routes do not accept this Host or Origin.";
    Err(ErrorResponse::new(403, "control_forbidden", message))
}
