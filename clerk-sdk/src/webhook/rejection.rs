//! The responses to requests that are not accepted, for the integrations with web frameworks.

use std::error::Error as StdError;
use std::fmt;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};

use super::error::Error;

/// Why a request to your endpoint is rejected.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Rejection {
    /// The request is not a message from Clerk, or not an event. The response has status 401 if the signature or its time
    /// does not match, and 400 otherwise.
    Verification(Error),
    /// The body is larger than this number of bytes. The response has status 413. See
    /// [`Verifier::max_body_size`](super::Verifier::max_body_size).
    TooLarge(usize),
    /// The body was not received in full. The response has status 400.
    Incomplete,
    /// The application has no [`Verifier`](super::Verifier), which is a bug. The response has status 500, and Clerk sends
    /// the message again.
    NoVerifier,
}

impl Rejection {
    /// Returns the status of the response.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Verification(error) if error.is_unauthorized() => StatusCode::UNAUTHORIZED,
            Self::Verification(_) | Self::Incomplete => StatusCode::BAD_REQUEST,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NoVerifier => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Returns the response, whose body is the reason as text. Clerk's dashboard shows it with the message.
    pub fn to_response(&self) -> Response<Bytes> {
        let mut response = Response::new(Bytes::from(self.to_string()));
        *response.status_mut() = self.status();
        let text = HeaderValue::from_static("text/plain; charset=utf-8");
        response.headers_mut().insert(CONTENT_TYPE, text);
        response
    }
}

/// Rejects a request whose headers state that its body is larger than the limit, before any of it is read.
#[cfg(any(feature = "actix-web-4", feature = "poem-3", feature = "rocket-05"))]
pub(super) fn check_content_length(
    headers: &http::HeaderMap,
    limit: usize,
) -> Result<(), Rejection> {
    let length = headers
        .get(http::header::CONTENT_LENGTH)
        .and_then(|it| it.to_str().ok());
    let length: Option<usize> = length.and_then(|it| it.parse().ok());
    match length.is_some_and(|length| length > limit) {
        true => Err(Rejection::TooLarge(limit)),
        false => Ok(()),
    }
}

impl From<Error> for Rejection {
    fn from(error: Error) -> Self {
        Self::Verification(error)
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Verification(error) => error.fmt(f),
            Self::TooLarge(limit) => write!(
                f,
                "the body is larger than {limit} bytes, or than the limit of a layer before this one"
            ),
            Self::Incomplete => f.write_str("the body was not received in full"),
            Self::NoVerifier => f.write_str("the application has no webhook verifier"),
        }
    }
}

impl StdError for Rejection {}
