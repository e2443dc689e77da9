//! The reason why a call to refresh a session failed.

use crate::auth::unverified_calls::CallFailure;
use crate::error::Error;

/// The longest error code of the API that is reported; a longer string is not a code.
const MAX_CODE_BYTES: usize = 64;

/// The reason why Clerk returned no new session.
#[derive(Clone)]
pub(super) struct RefreshFailure {
    code: String,
    is_final: bool,
}

impl RefreshFailure {
    pub(super) fn new(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            is_final: false,
        }
    }

    pub(super) fn into_code(self) -> String {
        self.code
    }

    pub(super) fn of(error: &Error) -> Self {
        let status = error.status().map(|status| status.as_u16());
        Self {
            code: failure_code(error),
            is_final: matches!(status, Some(400 | 401 | 403 | 404 | 410 | 422)),
        }
    }
}

impl CallFailure for RefreshFailure {
    fn limit_exceeded() -> Self {
        Self::new("call-limit-exceeded")
    }

    fn is_final(&self) -> bool {
        self.is_final
    }
}

fn failure_code(error: &Error) -> String {
    let reported = match error {
        Error::Api(error) => error.errors().first().map(|it| &*it.code),
        Error::Transport(_) | Error::Timeout(_) => Some("unexpected_error"),
        Error::MissingKey | Error::InvalidArgument(_) => return "unexpected-sdk-error".to_owned(),
        _ => None,
    };
    let is_code = |code: &&str| {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        code.len() <= MAX_CODE_BYTES && !code.is_empty() && code.bytes().all(is_allowed)
    };
    match reported.filter(is_code) {
        Some("unexpected_error") => "fetch-error".to_owned(),
        Some(code) => code.to_owned(),
        None => "unexpected-bapi-error".to_owned(),
    }
}
