//! What can go wrong with a call, and the questions callers ask about it.

mod api;
mod argument;
mod decode;
mod transport;

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use http::{HeaderMap, StatusCode};

use crate::response::Exchange;

pub use api::APIErrorResponse;
pub use argument::InvalidArgument;
pub use decode::DecodeError;
pub use transport::{TimeoutError, TimeoutPhase, TransportError};

/// The result of a call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call has no value to give.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The API answered with an error.
    Api(APIErrorResponse),
    /// No whole answer arrived. Whether the operation happened is unknown, unless
    /// [`TransportError::is_connect`] says that it did not.
    Transport(TransportError),
    /// A time limit ran out. Whether the operation happened is unknown, unless
    /// [`may_have_happened`](Self::may_have_happened) says that it cannot have.
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

    /// Whether the operation may have happened, at this attempt or at one before it. Where it cannot have,
    /// repeating does nothing twice.
    ///
    /// It cannot have where there was no connection, where nothing was sent, and where the answer was a refusal (a
    /// status below 500). After a connection that broke off, a limit that ran out, or a status of 500 and more,
    /// nobody knows.
    pub fn may_have_happened(&self) -> bool {
        match self {
            Self::Api(error) => error.is_in_doubt() || error.status().is_server_error(),
            Self::Transport(error) => !error.is_connect(),
            Self::Timeout(error) => error.may_have_happened(),
            Self::Decode(_) => true,
            Self::MissingKey | Self::InvalidArgument(_) => false,
        }
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
            Self::Decode(error) => error.is_truncated(),
            Self::MissingKey | Self::InvalidArgument(_) => false,
        }
    }

    /// How often the call was made: more than once if it was [repeated](crate::RetryPolicy), and not at all
    /// if there was nothing to send.
    pub fn attempts(&self) -> u32 {
        match self {
            Self::Api(error) => error.exchange().attempts,
            Self::Decode(error) => error.exchange().attempts,
            Self::Transport(error) => error.attempts,
            Self::Timeout(error) => error.attempts,
            Self::MissingKey | Self::InvalidArgument(_) => 0,
        }
    }

    /// Notes how often the call was made.
    pub(crate) fn after(mut self, attempts: u32) -> Self {
        match &mut self {
            Self::Api(error) => error.set_attempts(attempts),
            Self::Decode(error) => error.set_attempts(attempts),
            Self::Transport(error) => error.attempts = attempts,
            Self::Timeout(error) => error.attempts = attempts,
            Self::MissingKey | Self::InvalidArgument(_) => {}
        }
        self
    }

    /// Notes whether an attempt before this one may have been carried out.
    pub(crate) fn in_doubt(mut self, is_in_doubt: bool) -> Self {
        match &mut self {
            Self::Api(error) => error.set_in_doubt(is_in_doubt),
            Self::Transport(error) => error.is_in_doubt = is_in_doubt,
            Self::Timeout(error) => error.is_in_doubt = is_in_doubt,
            Self::Decode(_) | Self::MissingKey | Self::InvalidArgument(_) => {}
        }
        self
    }

    fn is_api_status(&self, status: StatusCode) -> bool {
        matches!(self, Self::Api(error) if error.status() == status)
    }

    fn exchange(&self) -> Option<&Exchange> {
        match self {
            Self::Api(error) => Some(error.exchange()),
            Self::Decode(error) => Some(error.exchange()),
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
