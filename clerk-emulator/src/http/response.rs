//! Responses: JSON with a trace id, and errors in Clerk's format.

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

const JSON: &str = "application/json";

const CLERK_TRACE_ID: HeaderName = HeaderName::from_static("x-clerk-trace-id");
const TRACE_ID: HeaderName = HeaderName::from_static("clerk-trace-id");
const API_VERSION: HeaderName = HeaderName::from_static("clerk-api-version");
const GAP: HeaderName = HeaderName::from_static("x-emulator-gap");

/// Most responses have no more headers than these, with the length and the date that the server adds.
const HEADERS: usize = 6;

/// An error in Clerk's format.
#[derive(Clone, Debug)]
pub(crate) struct ErrorResponse {
    pub(crate) status: u16,
    code: &'static str,
    message: String,
    meta: Vec<(String, Value)>,
    has_trace_id: bool,
    /// What the emulator lacks, if it is that which caused the error.
    pub(crate) gap: Option<&'static str>,
    /// When the client may try again.
    retry_after_seconds: Option<u64>,
}

impl ErrorResponse {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            meta: Vec::new(),
            has_trace_id: true,
            gap: None,
            retry_after_seconds: None,
        }
    }

    /// Creates an error with status 404, for an object that does not exist.
    pub(crate) fn not_found(object: &str, id: &str) -> Self {
        let message = format!("There is no {object} with the id {id:?}.");
        Self::new(404, "resource_not_found", message)
    }

    /// Creates an error with status 429, with the header `Retry-After`.
    pub(crate) fn too_many_requests(retry_after_seconds: u64) -> Self {
        let message = "There were too many requests. Try again later.";
        let mut error = Self::new(429, "too_many_requests", message);
        error.retry_after_seconds = Some(retry_after_seconds);
        error
    }

    /// Creates an error with status 400, for a body that cannot be parsed.
    pub(crate) fn invalid_body(message: impl Into<String>) -> Self {
        Self::new(400, "request_body_invalid", message)
    }

    /// Creates an error with status 422, for an invalid parameter.
    pub(crate) fn param(code: &'static str, name: &str, message: impl Into<String>) -> Self {
        Self::new(422, code, message).with_param(name)
    }

    /// Names the parameter that caused the error.
    pub(crate) fn with_param(self, name: &str) -> Self {
        self.with_meta("param_name", name)
    }

    /// Adds a member to the error's `meta`. The last one with a name counts.
    pub(crate) fn with_meta(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.meta.push((name.to_owned(), value.into()));
        self
    }

    fn param_name(&self) -> Option<&str> {
        let mut meta = self.meta.iter();
        meta.rfind(|(name, _)| name == "param_name")?.1.as_str()
    }

    /// Converts the error to the form of a few operations: without the name of the parameter and the trace id, and with
    /// one code for all invalid parameters.
    pub(crate) fn into_plain(mut self) -> Self {
        self.meta.clear();
        self.has_trace_id = false;
        if self.status == 422 || self.code == "missing_query_parameter" {
            self.status = 400;
            self.code = "bad_request";
        }
        self
    }

    /// Returns the code, the message, and the name of the parameter that caused the error.
    pub(crate) fn describe(&self) -> String {
        match self.param_name() {
            Some(name) => format!("{name}: {} ({})", self.message, self.code),
            None => format!("{} ({})", self.message, self.code),
        }
    }

    /// Returns the body. As in the API, the short message is the code in words, and the long one a sentence.
    fn to_json(&self, trace_id: &str) -> Value {
        let mut error = json!({
            "code": self.code,
            "message": self.code.replace('_', " "),
            "long_message": self.message,
        });
        if !self.meta.is_empty() {
            error["meta"] = self.meta.iter().cloned().collect();
        }
        match self.has_trace_id {
            true => json!({ "errors": [error], "clerk_trace_id": trace_id }),
            false => json!({ "errors": [error] }),
        }
    }
}

/// A successful response.
#[derive(Clone, Debug)]
pub(crate) struct Success {
    pub(crate) status: u16,
    pub(crate) body: SuccessBody,
    /// Whether the body is an example that does not depend on the state.
    pub(crate) is_sample: bool,
}

impl Success {
    pub(crate) fn new(body: Value) -> Self {
        Self {
            status: 200,
            body: body.into(),
            is_sample: false,
        }
    }
}

/// The body of a successful response.
#[derive(Clone, Debug)]
pub(crate) enum SuccessBody {
    /// One that is null is empty, and one that is a string is an HTML page: no JSON response of the API is one.
    Value(Value),
    /// JSON, of which there is no tree.
    Json(Vec<u8>),
}

impl From<Value> for SuccessBody {
    fn from(value: Value) -> Self {
        Self::Value(value)
    }
}

impl SuccessBody {
    /// Returns the body as JSON.
    #[cfg(feature = "seeds")]
    pub(crate) fn into_value(self) -> Value {
        match self {
            Self::Value(value) => value,
            Self::Json(json) => serde_json::from_slice(&json).unwrap_or_default(),
        }
    }

    /// Returns the media type, unless the body is empty, and the bytes.
    fn into_bytes(self) -> (Option<&'static str>, Vec<u8>) {
        match self {
            Self::Value(Value::Null) => (None, Vec::new()),
            Self::Value(Value::String(page)) => {
                (Some("text/html; charset=utf-8"), page.into_bytes())
            }
            Self::Value(json) => (Some(JSON), serde_json::to_vec(&json).unwrap_or_default()),
            Self::Json(json) => (Some(JSON), json),
        }
    }
}

/// What the request log keeps of a response. It is an extension of the response.
#[derive(Clone, Debug)]
pub(crate) struct ResponseRecord {
    /// The code of the error.
    pub(crate) code: Option<&'static str>,
    pub(crate) body: Bytes,
}

/// Converts a result to an HTTP response.
pub(crate) fn to_http_response(
    result: Result<Success, ErrorResponse>,
    trace_id: &str,
    api_version: &'static str,
) -> Response<Body> {
    let code = result.as_ref().err().map(|error| error.code);
    let retry_after = result.as_ref().err().and_then(|it| it.retry_after_seconds);
    let gap = match &result {
        Ok(success) => success.is_sample.then_some("sample"),
        Err(error) => error.gap,
    };
    let (status, (content_type, body)) = match result {
        Ok(success) => (success.status, success.body.into_bytes()),
        Err(error) => {
            let json = error.to_json(trace_id).to_string();
            (error.status, (Some(JSON), json.into_bytes()))
        }
    };
    let body = Bytes::from(body);
    let mut response = Response::new(Body::from(body.clone()));
    response
        .extensions_mut()
        .insert(ResponseRecord { code, body });
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.reserve(HEADERS);
    if let Some(content_type) = content_type {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    if let Ok(trace_id) = HeaderValue::from_str(trace_id) {
        headers.insert(CLERK_TRACE_ID, trace_id.clone());
        headers.insert(TRACE_ID, trace_id);
    }
    if let Some(seconds) = retry_after {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    headers.insert(API_VERSION, HeaderValue::from_static(api_version));
    if let Some(gap) = gap {
        headers.insert(GAP, HeaderValue::from_static(gap));
    }
    response
}
