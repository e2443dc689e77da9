//! Conversion of the errors of `reqwest`.

use super::describe_cause::describe_cause;
use crate::backend::error::{BackendError, BackendErrorKind};
use crate::backend::error_chain::causes;

/// Classifies the error of a request that was sent, perhaps on a connection that other requests used before.
pub(super) fn convert_send_error(error: reqwest::Error, is_reused: bool) -> BackendError {
    let is_response = is_response(&error);
    let is_not_processed = is_not_processed(&error);
    let mut error = convert_error(error);
    if is_not_processed {
        error.kind = BackendErrorKind::NotProcessed;
    } else if error.kind == BackendErrorKind::Other && is_reused && !is_response {
        error.kind = BackendErrorKind::ReusedConnection;
    }
    error
}

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

/// Whether the server sent something, which was not HTTP.
fn is_response(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| {
        let cause = cause.downcast_ref::<hyper::Error>();
        cause.is_some_and(hyper::Error::is_parse)
    })
}

/// Whether the server has said that it did not process the request: it refused the stream, or the stream comes after
/// the last one of its `GOAWAY`, whatever the error code of that.
#[cfg(feature = "http2")]
fn is_not_processed(error: &reqwest::Error) -> bool {
    let cause = causes(error).find_map(|cause| cause.downcast_ref::<h2::Error>());
    cause.is_some_and(|error| {
        let is_refused = error.reason() == Some(h2::Reason::REFUSED_STREAM);
        error.is_remote() && (error.is_go_away() || is_refused)
    })
}

/// HTTP/1.1 cannot say so.
#[cfg(not(feature = "http2"))]
fn is_not_processed(_: &reqwest::Error) -> bool {
    false
}
