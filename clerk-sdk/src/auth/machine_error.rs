//! Why the token of a machine is refused.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use crate::Error;
use crate::jwt::TokenError;

/// Why the token of a machine is refused.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum MachineError {
    /// It is not of a machine's kind.
    NotAMachine,
    /// There is no such token.
    Unknown,
    /// It was revoked.
    Revoked,
    /// It has expired.
    Expired,
    /// It is not active.
    Inactive,
    /// It is for none of the audiences that were asked for.
    WrongAudience,
    /// It is a JWT, and not a valid one.
    Token(TokenError),
    /// Clerk could not be asked, or did not say. This says nothing of the token.
    Unavailable(Arc<Error>),
}

impl MachineError {
    /// A short name for it, the one that Clerk's other SDKs use, for logs and headers.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NotAMachine => "token-type-mismatch",
            Self::Unknown | Self::Revoked | Self::Expired | Self::Inactive => "token-invalid",
            Self::WrongAudience | Self::Token(_) => "token-verification-failed",
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
            Self::NotAMachine => f.write_str("the token is not a machine's"),
            Self::Unknown => f.write_str("there is no such token"),
            Self::Revoked => f.write_str("the token was revoked"),
            Self::Expired => f.write_str("the token has expired"),
            Self::Inactive => f.write_str("the token is not active"),
            Self::WrongAudience => f.write_str("the token is for another audience"),
            Self::Token(error) => error.fmt(f),
            Self::Unavailable(_) => f.write_str("Clerk could not be asked about the token"),
        }
    }
}

impl StdError for MachineError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Token(error) => error.source(),
            Self::Unavailable(error) => Some(&**error),
            _ => None,
        }
    }
}
