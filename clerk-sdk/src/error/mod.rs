//! The errors of calls, and the methods that classify them.

mod api_error_response;
mod decode;
mod error_body;
mod invalid_argument;
mod retry_after;
mod retryable_status;
mod timeout;
mod transport;

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use http::{HeaderMap, StatusCode};

use crate::exchange::{AttemptHistory, Exchange};

pub use api_error_response::APIErrorResponse;
pub(crate) use decode::BodyProblem;
pub use decode::DecodeError;
pub use invalid_argument::InvalidArgument;
pub use timeout::{TimeoutError, TimeoutPhase};
pub use transport::TransportError;

pub(crate) use retryable_status::RetryableStatus;
pub(crate) use transport::TransportErrorKind;

/// The result of a call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error returned by an API call.
///
/// A variant that was taken apart converts back with `into()`, and a clone has everything that the error has.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Error {
    /// The API responded with an error.
    Api(APIErrorResponse),
    /// No complete response was received. [`may_have_happened`](Self::may_have_happened) tells whether the operation
    /// may have happened.
    Transport(TransportError),
    /// A time limit was exceeded. [`may_have_happened`](Self::may_have_happened) tells whether the operation may have
    /// happened.
    Timeout(TimeoutError),
    /// The operation succeeded, but its response cannot be decoded into the expected type.
    Decode(DecodeError),
    /// No secret key is configured.
    MissingKey,
    /// An argument or a setting is invalid. Nothing was sent.
    InvalidArgument(InvalidArgument),
}

impl Error {
    /// The HTTP status, if there was a response.
    pub fn status(&self) -> Option<StatusCode> {
        self.exchange().map(|exchange| exchange.status)
    }

    /// The headers of the response, if there was one.
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.exchange().map(|exchange| &exchange.headers)
    }

    /// Clerk's id of the exchange, if there was a response that has one.
    pub fn trace_id(&self) -> Option<&str> {
        match self {
            Self::Api(error) => error.trace_id(),
            Self::Decode(error) => error.trace_id(),
            _ => None,
        }
    }

    /// Whether the API responded with 404: the resource does not exist, or this key has no access to it.
    pub fn is_not_found(&self) -> bool {
        self.is_api_status(StatusCode::NOT_FOUND)
    }

    /// Whether the API responded with 429: too many calls.
    pub fn is_rate_limited(&self) -> bool {
        self.is_api_status(StatusCode::TOO_MANY_REQUESTS)
    }

    /// Whether a time limit was exceeded.
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::Timeout(_))
    }

    /// Whether the operation may have happened, in this attempt or in an earlier one. If this returns false, a
    /// retry cannot perform the operation twice.
    ///
    /// It is false if there was no connection, if nothing was sent, and after an error response with a status
    /// below 500 other than 408. It is true after a connection that broke off, a time limit that was exceeded, a response
    /// that cannot be decoded, and a status of 408 or of 500 and above.
    pub fn may_have_happened(&self) -> bool {
        match self {
            Self::Api(error) => {
                error.exchange().history.earlier_may_have_happened
                    || error.status().as_u16() >= 500
                    || RetryableStatus::of(error.status()) == Some(RetryableStatus::Unknown)
            }
            Self::Transport(error) => !error.is_not_sent(),
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

    /// Whether the same call may succeed later: no connection, a timeout, a connection that broke off, or a
    /// status of 408, 429, 500, 502, 503, 504, 520 to 527 or 530 (from 520, those of Cloudflare, which is in front of
    /// Clerk).
    ///
    /// It does not mean that retrying is safe: after a timeout, a `create` may have happened.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Transport(_) | Self::Timeout(_) => true,
            Self::Api(error) => RetryableStatus::of(error.status()).is_some(),
            Self::Decode(error) => error.is_truncated(),
            Self::MissingKey | Self::InvalidArgument(_) => false,
        }
    }

    /// The number of attempts that were made: more than one if the call was
    /// [retried](crate::RetryPolicy), and 0 if nothing was sent.
    pub fn attempt_count(&self) -> u32 {
        self.history().map_or(0, |history| history.attempts)
    }

    /// Whether the call would have been retried if the client's [`RetryBudget`](crate::RetryBudget) had not been
    /// exhausted.
    pub fn is_retry_budget_exhausted(&self) -> bool {
        self.history()
            .is_some_and(|history| history.is_budget_exhausted)
    }

    /// Records that only the retry budget kept the call from being retried.
    pub(crate) fn with_exhausted_budget(mut self) -> Self {
        let history = match &mut self {
            Self::Api(error) => error.history_mut(),
            Self::Decode(error) => error.history_mut(),
            Self::Transport(error) => error.history_mut(),
            Self::Timeout(error) => error.history_mut(),
            Self::MissingKey | Self::InvalidArgument(_) => return self,
        };
        history.is_budget_exhausted = true;
        self
    }

    fn history(&self) -> Option<&AttemptHistory> {
        match self {
            Self::Api(error) => Some(&error.exchange().history),
            Self::Decode(error) => Some(&error.exchange().history),
            Self::Transport(error) => Some(error.history()),
            Self::Timeout(error) => Some(error.history()),
            Self::MissingKey | Self::InvalidArgument(_) => None,
        }
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
                "no secret key: call `set_key`, pass one to `ClientConfig::new`, or set the \
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

impl From<TransportError> for Error {
    fn from(error: TransportError) -> Self {
        Self::Transport(error)
    }
}

impl From<TimeoutError> for Error {
    fn from(error: TimeoutError) -> Self {
        Self::Timeout(error)
    }
}

impl From<DecodeError> for Error {
    fn from(error: DecodeError) -> Self {
        Self::Decode(error)
    }
}

impl From<InvalidArgument> for Error {
    fn from(error: InvalidArgument) -> Self {
        Self::InvalidArgument(error)
    }
}
