//! What can go wrong with a call, and the questions callers ask about it.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value};

use crate::response::Exchange;
use crate::types::ClerkError;

/// The result of a call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call has no value to give.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The API answered with an error.
    Api(APIErrorResponse),
    /// No whole answer arrived. Whether the operation happened is unknown, unless
    /// [`TransportError::is_connect`] says that nothing was sent.
    Transport(TransportError),
    /// A time limit ran out. Whether the operation happened is unknown.
    Timeout(TimeoutError),
    /// The operation happened, but its answer does not fit the type it should have.
    Decode(DecodeError),
    /// There is no secret key to call with.
    MissingKey,
    /// An argument or a setting cannot be sent; nothing was.
    InvalidArgument(InvalidArgument),
}

impl Error {
    /// The HTTP status, where there was an answer.
    pub fn status(&self) -> Option<StatusCode> {
        self.exchange().map(|exchange| exchange.status)
    }

    /// The headers, where there was an answer.
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.exchange().map(|exchange| &exchange.headers)
    }

    /// Clerk's id for the exchange, where there was an answer that has one.
    pub fn trace_id(&self) -> Option<&str> {
        match self {
            Self::Api(error) => error.trace_id(),
            _ => self.exchange()?.header_trace_id(),
        }
    }

    /// Whether the API answered 404: there is no such thing, or not for this key.
    pub fn is_not_found(&self) -> bool {
        self.is_api_status(StatusCode::NOT_FOUND)
    }

    /// Whether the API answered 429: too many calls.
    pub fn is_rate_limited(&self) -> bool {
        self.is_api_status(StatusCode::TOO_MANY_REQUESTS)
    }

    /// Whether a time limit ran out.
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::Timeout(_))
    }

    /// Whether the API reported an error with this code, such as `form_identifier_exists`.
    pub fn has_code(&self, code: &str) -> bool {
        matches!(self, Self::Api(error) if error.has_code(code))
    }

    /// How long the API asks to wait before the next call.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Api(error) => error.retry_after(),
            _ => None,
        }
    }

    /// Whether the same call may succeed later: no connection, a time-out, an exchange that broke off,
    /// 429, 502, 503 or 504.
    ///
    /// It does not say that repeating is harmless: after a time-out, a `create` may have happened.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Transport(_) | Self::Timeout(_) => true,
            Self::Api(error) => matches!(error.status().as_u16(), 429 | 502 | 503 | 504),
            Self::Decode(_) | Self::MissingKey | Self::InvalidArgument(_) => false,
        }
    }

    fn is_api_status(&self, status: StatusCode) -> bool {
        matches!(self, Self::Api(error) if error.status() == status)
    }

    fn exchange(&self) -> Option<&Exchange> {
        match self {
            Self::Api(error) => Some(&error.0.exchange),
            Self::Decode(error) => Some(&error.0.exchange),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Api(error) => error.fmt(f),
            Self::Transport(error) => error.fmt(f),
            Self::Timeout(error) => error.fmt(f),
            Self::Decode(error) => error.fmt(f),
            Self::MissingKey => f.write_str(
                "no secret key: call `set_key`, give one to `ClientConfig::new`, or set the \
                 CLERK_SECRET_KEY environment variable",
            ),
            Self::InvalidArgument(error) => error.fmt(f),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Transport(error) => error.source(),
            Self::Decode(error) => error.source(),
            Self::Api(_) | Self::Timeout(_) | Self::MissingKey | Self::InvalidArgument(_) => None,
        }
    }
}

impl From<APIErrorResponse> for Error {
    fn from(error: APIErrorResponse) -> Self {
        Self::Api(error)
    }
}

impl From<InvalidArgument> for Error {
    fn from(error: InvalidArgument) -> Self {
        Self::InvalidArgument(error)
    }
}

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
    exchange: Exchange,
    reported: Reported,
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

impl APIErrorResponse {
    pub(crate) fn new(exchange: Exchange) -> Self {
        let reported = Reported::read(&exchange.body);
        Self(Box::new(ApiFailure { exchange, reported }))
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.0.exchange.status
    }

    /// The operation that was called, as in `GET /users/{user_id}`.
    pub fn operation(&self) -> &str {
        &self.0.exchange.operation
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

    /// How long the API asks to wait, where it says so in whole seconds.
    pub fn retry_after(&self) -> Option<Duration> {
        let seconds = self.0.exchange.header("retry-after")?.trim();
        seconds.parse().ok().map(Duration::from_secs)
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
        match self.trace_id() {
            Some(trace_id) => write!(f, " (trace {trace_id})"),
            None => Ok(()),
        }
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

/// An answer that does not fit its type, with the place where it does not.
///
/// The operation itself succeeded. The whole answer is kept.
pub struct DecodeError(Box<DecodeFailure>);

struct DecodeFailure {
    exchange: Exchange,
    path: String,
    source: Box<dyn StdError + Send + Sync>,
}

impl DecodeError {
    pub(crate) fn new(
        exchange: Exchange,
        path: String,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        let source = source.into();
        Self(Box::new(DecodeFailure {
            exchange,
            path,
            source,
        }))
    }

    /// Where the answer does not fit, as in `$.data[2].created_at`; `$` for the whole of it.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// The HTTP status, 200 to 299.
    pub fn status(&self) -> StatusCode {
        self.0.exchange.status
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

    /// The bytes of the body as they came, or as much of them as did.
    pub fn body(&self) -> &Bytes {
        &self.0.exchange.body
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Exchange {
            operation, status, ..
        } = &self.0.exchange;
        write!(
            f,
            "cannot decode the {} response to {operation} at {}",
            status.as_u16(),
            self.0.path
        )
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecodeError")
            .field("operation", &self.0.exchange.operation)
            .field("status", &self.status().as_u16())
            .field("path", &self.0.path)
            .field("source", &self.0.source)
            .field("body_len", &self.body().len())
            .finish()
    }
}

impl StdError for DecodeError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.0.source)
    }
}

/// A call that got no whole answer.
#[derive(Debug)]
pub struct TransportError {
    pub(crate) operation: String,
    pub(crate) connect: bool,
    pub(crate) source: Box<dyn StdError + Send + Sync>,
}

impl TransportError {
    /// Whether there was no connection at all: nothing was sent, and repeating is harmless.
    pub fn is_connect(&self) -> bool {
        self.connect
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.connect {
            "no connection for"
        } else {
            "no whole response to"
        };
        write!(f, "{what} {}", self.operation)
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.source)
    }
}

/// A time limit that ran out, and which one.
#[derive(Clone, Debug)]
pub struct TimeoutError {
    pub(crate) operation: String,
    pub(crate) phase: TimeoutPhase,
    pub(crate) limit: Option<Duration>,
}

/// What a time limit was for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum TimeoutPhase {
    /// Opening a connection: nothing was sent.
    Connect,
    /// The whole call.
    Call,
}

impl TimeoutError {
    /// Which limit ran out.
    pub fn phase(&self) -> TimeoutPhase {
        self.phase
    }

    /// The limit, where this crate set it.
    pub fn limit(&self) -> Option<Duration> {
        self.limit
    }
}

impl fmt::Display for TimeoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.phase {
            TimeoutPhase::Connect => write!(f, "the connection for {} took", self.operation)?,
            TimeoutPhase::Call => write!(f, "{} took", self.operation)?,
        }
        match self.limit {
            Some(limit) => write!(f, " longer than {limit:?}"),
            None => f.write_str(" too long"),
        }
    }
}

impl StdError for TimeoutError {}

/// An argument or a setting that cannot be sent.
#[derive(Clone, Debug)]
pub struct InvalidArgument {
    name: &'static str,
    reason: Cow<'static, str>,
}

impl InvalidArgument {
    pub(crate) fn new(name: &'static str, reason: impl Into<Cow<'static, str>>) -> Self {
        Self {
            name,
            reason: reason.into(),
        }
    }

    /// The argument or setting: `user_id`, `key`, `base_url`.
    pub fn name(&self) -> &str {
        self.name
    }
}

impl fmt::Display for InvalidArgument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invalid {}: {}", self.name, self.reason)
    }
}

impl StdError for InvalidArgument {}
