//! Error responses of the API.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value};

use super::error_body::ErrorBody;
use super::retry_after;
use crate::exchange::{AttemptHistory, Exchange};
use crate::types::ErrorDetail;

/// An error response: the API rejected a call or could not carry it out.
///
/// It keeps the whole response, even if that is not Clerk's JSON but, for example, the error page of a proxy. If that
/// is JSON with a code or a message in another common form, such as `application/problem+json`,
/// [`errors`](Self::errors) has them; otherwise it is empty. [`raw_json`](Self::raw_json) has what was received.
///
/// `Display` shows the status, the first code with its message (or else its long message), and the trace id, never the
/// body.
#[derive(Clone)]
pub struct APIErrorResponse(Box<ErrorResponse>);

#[derive(Clone)]
struct ErrorResponse {
    operation: String,
    exchange: Exchange,
    body: ErrorBody,
}

impl APIErrorResponse {
    pub(crate) fn new(exchange: Exchange) -> Self {
        Self(Box::new(ErrorResponse {
            operation: exchange.operation.to_string(),
            body: ErrorBody::parse(&exchange.body),
            exchange,
        }))
    }

    pub(crate) fn history_mut(&mut self) -> &mut AttemptHistory {
        &mut self.0.exchange.history
    }

    pub(crate) fn exchange(&self) -> &Exchange {
        &self.0.exchange
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.0.exchange.status
    }

    /// The operation that was called, such as `GET /users/{user_id}`.
    pub fn operation(&self) -> &str {
        &self.0.operation
    }

    /// The errors that the API reports, each with its code, message, long message and details.
    pub fn errors(&self) -> &[ErrorDetail] {
        &self.0.body.errors
    }

    /// Details of the response as a whole, besides those of each error.
    pub fn meta(&self) -> Option<&Map<String, Value>> {
        self.0.body.meta.as_ref()
    }

    /// Whether one of the errors has this code, such as `form_identifier_exists`.
    pub fn has_code(&self, code: &str) -> bool {
        self.errors().iter().any(|error| error.code == code)
    }

    /// Clerk's id of this exchange, from the body or else from the headers. Include it when you
    /// contact Clerk's support.
    pub fn trace_id(&self) -> Option<&str> {
        let from_body = self.0.body.trace_id.as_deref();
        from_body
            .filter(|id| !id.is_empty())
            .or_else(|| self.0.exchange.header_trace_id())
    }

    /// The number of attempts that were made: more than one if the call was
    /// [retried](crate::RetryPolicy).
    pub fn attempt_count(&self) -> u32 {
        self.0.exchange.history.attempts
    }

    /// How long the API asks to wait before the next call: the `Retry-After` header, in seconds or as a date.
    ///
    /// A date is compared with the date of the response, so the clock of this machine does not matter. If there
    /// are several headers, as after proxies that add their own, the longest wait counts.
    pub fn retry_after(&self) -> Option<Duration> {
        retry_after::longest(&self.0.exchange)
    }

    /// The headers of the response.
    pub fn headers(&self) -> &HeaderMap {
        &self.0.exchange.headers
    }

    /// The body as received, with replacement characters for bytes that are not UTF-8. It may contain
    /// personal data.
    pub fn raw_json(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.0.exchange.body)
    }

    /// The bytes of the body as received.
    pub fn raw_body(&self) -> &Bytes {
        &self.0.exchange.body
    }
}

impl fmt::Display for APIErrorResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.errors().first().map(summary) {
            Some(summary) if !summary.is_empty() => {
                write!(f, "{} {summary}", self.status().as_u16())?;
            }
            _ => write!(f, "{} in response to {}", self.status(), self.operation())?,
        }
        if let Some(trace_id) = self.trace_id() {
            write!(f, " (trace {trace_id})")?;
        }
        write!(f, "{}", self.0.exchange.history)
    }
}

/// The code and the message of an error, or the long message if there is none, as far as they exist.
fn summary(error: &ErrorDetail) -> Cow<'_, str> {
    let message = match error.message.is_empty() {
        true => &error.long_message,
        false => &error.message,
    };
    match (error.code.is_empty(), message.is_empty()) {
        (true, _) => message.into(),
        (false, true) => (&error.code).into(),
        (false, false) => format!("{}: {message}", error.code).into(),
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
            .field("body_len", &self.raw_body().len())
            .finish()
    }
}

impl StdError for APIErrorResponse {}
