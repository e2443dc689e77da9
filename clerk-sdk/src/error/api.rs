//! The API's own errors, read as far as they can be.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::RETRY_AFTER;
use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value};

use super::transport::Repeated;
use crate::response::Exchange;
use crate::types::ClerkError;

/// The API's answer to a call it refused or could not carry out.
///
/// It keeps the whole answer, also where that is not Clerk's JSON but, say, a proxy's page: then
/// [`errors`](Self::errors) is empty and [`raw_json`](Self::raw_json) has what came.
///
/// Printing it shows status, first code, its message and the trace id, never the body.
#[derive(Clone)]
pub struct APIErrorResponse(Box<ApiFailure>);

#[derive(Clone)]
struct ApiFailure {
    operation: String,
    exchange: Exchange,
    reported: Reported,
    /// An attempt before this one may have been carried out.
    is_in_doubt: bool,
}

/// What the body of a refusal says, as far as it can be read.
#[derive(Clone, Default)]
struct Reported {
    errors: Vec<ClerkError>,
    meta: Option<Map<String, Value>>,
    trace_id: Option<String>,
}

impl Reported {
    /// Reads each part on its own: one that is odd must not cost the others.
    fn read(body: &[u8]) -> Self {
        let Ok(Value::Object(mut body)) = serde_json::from_slice(body) else {
            return Self::default();
        };
        let errors = match body.remove("errors") {
            Some(Value::Array(errors)) => errors.into_iter().filter_map(read_error).collect(),
            _ => Vec::new(),
        };
        let meta = match body.remove("meta") {
            Some(Value::Object(meta)) => Some(meta),
            _ => None,
        };
        Self {
            errors,
            meta,
            trace_id: text(&mut body, "clerk_trace_id"),
        }
    }
}

fn read_error(error: Value) -> Option<ClerkError> {
    let Value::Object(mut error) = error else {
        return None;
    };
    let meta = match error.remove("meta") {
        Some(Value::Object(meta)) => Some(meta),
        _ => None,
    };
    Some(ClerkError {
        code: text(&mut error, "code").unwrap_or_default(),
        message: text(&mut error, "message").unwrap_or_default(),
        long_message: text(&mut error, "long_message").unwrap_or_default(),
        meta,
        ..ClerkError::default()
    })
}

fn text(object: &mut Map<String, Value>, name: &str) -> Option<String> {
    match object.remove(name) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}

/// The longest of some numbers of seconds, in a list or alone.
fn longest(seconds: &str) -> Option<Duration> {
    let numbers = seconds.split(',').map(str::trim);
    let numbers =
        numbers.filter(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()));
    // More digits than a number has are a very long time.
    let seconds = numbers.map(|text| text.parse().unwrap_or(u64::MAX)).max()?;
    Some(Duration::from_secs(seconds))
}

impl APIErrorResponse {
    pub(crate) fn new(exchange: Exchange) -> Self {
        let reported = Reported::read(&exchange.body);
        Self(Box::new(ApiFailure {
            operation: exchange.operation.to_string(),
            exchange,
            reported,
            is_in_doubt: false,
        }))
    }

    pub(crate) fn exchange(&self) -> &Exchange {
        &self.0.exchange
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.0.exchange.status
    }

    /// The operation that was called, as in `GET /users/{user_id}`.
    pub fn operation(&self) -> &str {
        &self.0.operation
    }

    /// What the API reports, each with code, message, long message and details.
    pub fn errors(&self) -> &[ClerkError] {
        &self.0.reported.errors
    }

    /// Details of the whole answer, beside those of each error.
    pub fn meta(&self) -> Option<&Map<String, Value>> {
        self.0.reported.meta.as_ref()
    }

    /// Whether one of the errors has this code, such as `form_identifier_exists`.
    pub fn has_code(&self, code: &str) -> bool {
        self.errors().iter().any(|error| error.code == code)
    }

    /// Clerk's id for this exchange: from the body, else from the headers.
    pub fn trace_id(&self) -> Option<&str> {
        let from_body = self.0.reported.trace_id.as_deref();
        from_body
            .filter(|id| !id.is_empty())
            .or_else(|| self.0.exchange.header_trace_id())
    }

    /// How long the API asks to wait before the next call: `Retry-After`, in seconds or as a date. A date
    /// is counted from that of the answer, so the clock of this machine does not matter. Where there are several,
    /// as after proxies that add their own, it is the longest.
    pub fn retry_after(&self) -> Option<Duration> {
        let told = self.headers().get_all(RETRY_AFTER).into_iter();
        let told = told.filter_map(|told| told.to_str().ok());
        told.filter_map(|told| self.wait_until(told).max(longest(told)))
            .max()
    }

    /// The time until a date, from that of the answer.
    fn wait_until(&self, date: &str) -> Option<Duration> {
        let parse = |text: &str| httpdate::parse_http_date(text).ok();
        let date = parse(date.trim())?;
        let answered = self.0.exchange.header("date").and_then(parse);
        let answered = answered.unwrap_or_else(SystemTime::now);
        Some(date.duration_since(answered).unwrap_or_default())
    }

    pub(crate) fn set_attempts(&mut self, attempts: u32) {
        self.0.exchange.attempts = attempts;
    }

    pub(crate) fn is_in_doubt(&self) -> bool {
        self.0.is_in_doubt
    }

    pub(crate) fn set_in_doubt(&mut self, is_in_doubt: bool) {
        self.0.is_in_doubt = is_in_doubt;
    }

    /// The headers of the answer.
    pub fn headers(&self) -> &HeaderMap {
        &self.0.exchange.headers
    }

    /// The body as it came, with replacement characters where it is not UTF-8. It may hold personal
    /// data.
    pub fn raw_json(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.0.exchange.body)
    }

    /// The bytes of the body as they came.
    pub fn body(&self) -> &Bytes {
        &self.0.exchange.body
    }
}

impl fmt::Display for APIErrorResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.errors().first() {
            Some(error) => write!(
                f,
                "{} {}: {}",
                self.status().as_u16(),
                error.code,
                error.message
            )?,
            None => write!(f, "{} in answer to {}", self.status(), self.operation())?,
        }
        if let Some(trace_id) = self.trace_id() {
            write!(f, " (trace {trace_id})")?;
        }
        write!(f, "{}", Repeated(self.0.exchange.attempts))
    }
}

impl fmt::Debug for APIErrorResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let codes: Vec<&str> = self.errors().iter().map(|error| &*error.code).collect();
        f.debug_struct("APIErrorResponse")
            .field("operation", &self.operation())
            .field("status", &self.status().as_u16())
            .field("codes", &codes)
            .field("trace_id", &self.trace_id())
            .field("body_len", &self.body().len())
            .finish()
    }
}

impl StdError for APIErrorResponse {}
