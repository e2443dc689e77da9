//! The statuses after which the same call may succeed later: the only list of them, for `is_retryable` and for retries.

use http::StatusCode;

/// What a retry after an error status can do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum RetryableStatus {
    /// The API did not perform the operation, so a retry is safe.
    NotPerformed,
    /// The operation may have been performed.
    Unknown,
}

impl RetryableStatus {
    /// Returns `None` if a retry would fail in the same way.
    pub(crate) fn of(status: StatusCode) -> Option<Self> {
        match status.as_u16() {
            429 => Some(Self::NotPerformed),
            // 520 to 527 and 530 are those of Cloudflare, which is in front of Clerk.
            408 | 500 | 502..=504 | 520..=527 | 530 => Some(Self::Unknown),
            _ => None,
        }
    }
}
