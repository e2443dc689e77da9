//! The error of verifying a machine token.

use std::error::Error as StdError;
use std::fmt;

use crate::auth::unverified_calls::{CALL_LIMIT_EXCEEDED, CallFailure};
use crate::error::Error;
use crate::jwt::TokenError;

/// An error returned when a machine token is rejected.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum MachineError {
    /// The token is not a machine token.
    NotAMachine,
    /// The token does not exist.
    Unknown,
    /// The token was revoked.
    Revoked,
    /// The token has expired.
    Expired,
    /// The token is not active.
    Inactive,
    /// The token is intended for none of the accepted audiences.
    WrongAudience,
    /// The token is an invalid JWT.
    Token(TokenError),
    /// Too many unknown tokens have been verified with Clerk recently, so this one was not. It may be valid: see
    /// [`MachineVerifier::limit_unverified_calls`](crate::auth::MachineVerifier::limit_unverified_calls).
    CallLimitExceeded,
    /// Clerk could not be reached or responded with an unexpected error. The token may be valid.
    Unavailable(Error),
}

impl MachineError {
    /// A short code for logs and headers, the same that Clerk's other SDKs use, except `call-limit-exceeded`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAMachine => "token-type-mismatch",
            Self::Unknown | Self::Revoked | Self::Expired | Self::Inactive => "token-invalid",
            Self::WrongAudience | Self::Token(_) => "token-verification-failed",
            Self::CallLimitExceeded => "call-limit-exceeded",
            Self::Unavailable(error) => match error.status() {
                Some(status) if status == 401 => "secret-key-invalid",
                _ => "unexpected-error",
            },
        }
    }
}

impl fmt::Display for MachineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAMachine => f.write_str("the token is not a machine token"),
            Self::Unknown => f.write_str("the token does not exist"),
            Self::Revoked => f.write_str("the token was revoked"),
            Self::Expired => f.write_str("the token has expired"),
            Self::Inactive => f.write_str("the token is not active"),
            Self::WrongAudience => f.write_str("the token is intended for another audience"),
            Self::Token(error) => error.fmt(f),
            Self::CallLimitExceeded => f.write_str(CALL_LIMIT_EXCEEDED),
            Self::Unavailable(_) => f.write_str("cannot verify the token with Clerk"),
        }
    }
}

impl CallFailure for MachineError {
    fn limit_exceeded() -> Self {
        Self::CallLimitExceeded
    }

    fn is_final(&self) -> bool {
        !matches!(self, Self::CallLimitExceeded | Self::Unavailable(_))
    }
}

impl StdError for MachineError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Token(error) => error.source(),
            Self::Unavailable(error) => Some(error),
            _ => None,
        }
    }
}
