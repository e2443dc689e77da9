//! The reason why an expired session token was not refreshed.

use std::error::Error;
use std::fmt;
use std::time::Duration;

const PREFIX: &str = "session-token-expired-refresh-";

/// The reason why an expired session token was not refreshed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RefreshError {
    expired_ago: Duration,
    /// With the prefix, as Clerk's other SDKs report it.
    prefixed_code: String,
}

impl RefreshError {
    pub(super) fn new(expired_ago: Duration, code: &str) -> Self {
        Self {
            expired_ago,
            prefixed_code: format!("{PREFIX}{code}"),
        }
    }

    /// How long ago the token expired.
    pub fn expired_ago(&self) -> Duration {
        self.expired_ago
    }

    /// The reason why the token was not refreshed, as a short code.
    ///
    /// The code is `non-eligible-no-refresh-cookie`, `non-eligible-non-get` or
    /// `expired-session-token-decode-failed` if Clerk was not called, or `call-limit-exceeded` because of
    /// [`limit_unverified_calls`](crate::auth::Authenticator::limit_unverified_calls). If the call did not return a new session,
    /// it is `fetch-error`, `unexpected-bapi-error`, `unexpected-sdk-error`, `invalid-session-token` or an
    /// error code of the API.
    pub fn code(&self) -> &str {
        self.prefixed_code.strip_prefix(PREFIX).unwrap_or_default()
    }

    pub(super) fn prefixed_code(&self) -> &str {
        &self.prefixed_code
    }
}

impl fmt::Display for RefreshError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the expired session token was not refreshed: {}",
            self.code()
        )
    }
}

impl Error for RefreshError {}
