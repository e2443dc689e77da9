//! Conversion of the errors of `reqwest`.

use super::describe_cause::describe_cause;
use crate::backend::error::{BackendError, BackendErrorKind};

/// Classifies an error of `reqwest` and removes its URL: the ids in it may be personal data.
pub(super) fn convert_error(error: reqwest::Error) -> BackendError {
    if error.is_builder() {
        return BackendError::with_kind(BackendErrorKind::InvalidRequest, error.without_url());
    }
    let kind = match (error.is_connect(), error.is_timeout()) {
        (true, true) => BackendErrorKind::ConnectTimeout,
        (true, false) => BackendErrorKind::Connect,
        (false, true) => BackendErrorKind::Timeout,
        (false, false) => BackendErrorKind::Other,
    };
    let error = error.without_url();
    let cause = describe_cause(&error);
    BackendError::with_kind(kind, error).with_cause(cause)
}
