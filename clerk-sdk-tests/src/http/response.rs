//! Responses: JSON with a trace id, and errors in Clerk's format.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

/// The result of a request handler: the body of a response with status 200, or an error response. The body is JSON, or an
/// HTML page if it is a string: no JSON response of the API is one.
pub(crate) type HandlerResult = Result<Value, ErrorResponse>;

/// An error in Clerk's format.
pub(crate) struct ErrorResponse {
    status: StatusCode,
    code: &'static str,
    message: String,
    param: Option<String>,
}

impl ErrorResponse {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            code,
            message: message.into(),
            param: None,
        }
    }

    /// Creates an error with status 404, for an object that does not exist.
    pub(crate) fn not_found(object: &str) -> Self {
        Self::new(404, "resource_not_found", format!("{object} not found"))
    }

    /// Creates an error with status 400, for a body that cannot be parsed.
    pub(crate) fn invalid_body(message: impl Into<String>) -> Self {
        Self::new(400, "request_body_invalid", message)
    }

    /// Creates an error with status 422, for an invalid parameter.
    pub(crate) fn param(code: &'static str, name: &str, message: &str) -> Self {
        let mut error = Self::new(422, code, message);
        error.param = Some(name.to_owned());
        error
    }

    fn to_json(&self, trace_id: &str) -> Value {
        let mut meta = json!({});
        if let Some(param) = &self.param {
            meta["param_name"] = json!(param);
        }
        json!({
            "errors": [{
                "code": self.code,
                "message": self.message,
                "long_message": self.message,
                "meta": meta,
            }],
            "clerk_trace_id": trace_id,
        })
    }
}

/// Converts the result of a handler to an HTTP response.
pub(crate) fn to_http_response(result: HandlerResult, trace_id: &str) -> Response<Body> {
    let (status, content_type, body) = match result {
        Ok(Value::String(page)) => (StatusCode::OK, "text/html; charset=utf-8", page),
        Ok(value) => (StatusCode::OK, "application/json", value.to_string()),
        Err(error) => {
            let json = error.to_json(trace_id);
            (error.status, "application/json", json.to_string())
        }
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert("content-type", HeaderValue::from_static(content_type));
    if let Ok(trace_id) = HeaderValue::from_str(trace_id) {
        headers.insert("clerk-trace-id", trace_id);
    }
    response
}
