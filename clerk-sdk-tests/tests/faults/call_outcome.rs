//! The ways in which a call can end, as tests compare them.

use clerk_sdk::{Error, TimeoutPhase};

/// The way in which a call ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum CallOutcome {
    Success,
    /// A response with an error status.
    ErrorResponse,
    /// The connection failed before the response was complete.
    TransportError,
    AttemptTimeout,
    CallTimeout,
    OtherTimeout,
    /// The body of the response is incomplete.
    TruncatedBody,
    /// The body of the response is complete, but does not decode.
    InvalidBody,
    /// The request was not sent.
    NotSent,
}

impl CallOutcome {
    pub(crate) fn of<T>(result: &Result<T, Error>) -> Self {
        match result {
            Ok(_) => Self::Success,
            Err(Error::Api(_)) => Self::ErrorResponse,
            Err(Error::Transport(_)) => Self::TransportError,
            Err(Error::Timeout(error)) => match error.phase() {
                TimeoutPhase::Attempt => Self::AttemptTimeout,
                TimeoutPhase::Call => Self::CallTimeout,
                _ => Self::OtherTimeout,
            },
            Err(Error::Decode(error)) if error.is_truncated() => Self::TruncatedBody,
            Err(Error::Decode(_)) => Self::InvalidBody,
            Err(_) => Self::NotSent,
        }
    }
}
