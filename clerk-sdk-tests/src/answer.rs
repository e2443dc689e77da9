//! What the emulator answers: JSON with a trace id, errors in Clerk's shape.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

/// A handler's result: a value with status 200, or an error.
pub(crate) type Answer = Result<Value, Failure>;

/// An error as Clerk reports it.
pub(crate) struct Failure {
    status: StatusCode,
    code: &'static str,
    message: String,
    param: Option<String>,
}

impl Failure {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            code,
            message: message.into(),
            param: None,
        }
    }

    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(404, "resource_not_found", format!("no such {what}"))
    }

    /// A parameter that is wrong in some way.
    pub(crate) fn param(code: &'static str, name: &str, message: &str) -> Self {
        let mut failure = Self::new(422, code, message);
        failure.param = Some(name.to_owned());
        failure
    }
}

/// The response to send.
pub(crate) fn response(answer: Answer, trace_id: &str) -> Response<Body> {
    let (status, body) = match answer {
        Ok(value) => (StatusCode::OK, value),
        Err(failure) => (failure.status, error(&failure, trace_id)),
    };
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    if let Ok(trace_id) = HeaderValue::from_str(trace_id) {
        headers.insert("clerk-trace-id", trace_id);
    }
    response
}

fn error(failure: &Failure, trace_id: &str) -> Value {
    let mut meta = json!({});
    if let Some(param) = &failure.param {
        meta["param_name"] = json!(param);
    }
    json!({
        "errors": [{
            "code": failure.code,
            "message": failure.message,
            "long_message": failure.message,
            "meta": meta,
        }],
        "clerk_trace_id": trace_id,
    })
}
