//! Errors of verification. None of them contains the signing secret, a signature or the body.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

/// Why a request is not a message from Clerk that can be trusted, or not an event.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// The request lacks a header. The names are those of Svix; the `webhook-` names of Standard Webhooks are accepted
    /// too.
    MissingHeader(&'static str),
    /// The request has this header more than once.
    RepeatedHeader(&'static str),
    /// The message id contains anything other than printable ASCII characters.
    MalformedId,
    /// The timestamp is not a number of seconds since the Unix epoch.
    MalformedTimestamp,
    /// The message was signed too long ago. It may be a replay, or this machine's clock is wrong.
    TooOld {
        /// The time since the message was signed.
        age: Duration,
        /// The maximum age.
        tolerance: Duration,
    },
    /// The message was signed in the future, so this machine's clock is behind.
    TooNew {
        /// The time until the message's timestamp.
        ahead: Duration,
        /// The maximum.
        tolerance: Duration,
    },
    /// The signature header has no signature of version 1, the only one that is supported.
    NoSupportedSignature,
    /// None of the signatures is that of the message with one of the signing secrets. The secret may be that of another
    /// endpoint, or something changed the body before it was verified, such as a JSON parser.
    SignatureMismatch,
    /// The message is signed, but its body is not an event: what is wrong with it.
    MalformedEvent(String),
}

impl Error {
    /// Whether the request may come from someone other than Clerk: its signature does not match, or is too old. Respond
    /// with 401 then, and with 400 otherwise.
    pub fn is_unauthorized(&self) -> bool {
        matches!(
            self,
            Self::TooOld { .. }
                | Self::TooNew { .. }
                | Self::NoSupportedSignature
                | Self::SignatureMismatch
        )
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingHeader(name) => write!(f, "the header `{name}` is missing"),
            Self::RepeatedHeader(name) => write!(f, "the header `{name}` is repeated"),
            Self::MalformedId => {
                f.write_str("the message id contains other characters than printable ASCII")
            }
            Self::MalformedTimestamp => {
                f.write_str("the timestamp is not a number of seconds since the Unix epoch")
            }
            Self::TooOld { age, tolerance } => write!(
                f,
                "the message was signed {} s ago, but at most {} s are allowed: it is a replay, or a clock is wrong",
                age.as_secs(),
                tolerance.as_secs()
            ),
            Self::TooNew { ahead, tolerance } => write!(
                f,
                "the message was signed {} s in the future, but at most {} s are allowed: a clock is wrong",
                ahead.as_secs(),
                tolerance.as_secs()
            ),
            Self::NoSupportedSignature => {
                f.write_str("the message has no signature of version 1 (`v1,…`)")
            }
            Self::SignatureMismatch => f.write_str(
                "the signature does not match: check that the signing secret is that of this endpoint, and that the body \
                 is verified as it was received",
            ),
            Self::MalformedEvent(reason) => write!(f, "the message is not an event: {reason}"),
        }
    }
}

impl StdError for Error {}

/// Why a signing secret cannot be used. The secret is not part of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum SecretError {
    /// The environment variable `CLERK_WEBHOOK_SIGNING_SECRET` is not set.
    NotSet,
    /// The secret is empty, or nothing follows its prefix `whsec_`.
    Empty,
    /// The secret is not base64 after its prefix `whsec_`.
    NotBase64,
}

impl fmt::Display for SecretError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotSet => {
                "the environment variable CLERK_WEBHOOK_SIGNING_SECRET is not set: copy the signing secret of the \
                 endpoint from Clerk's dashboard"
            }
            Self::Empty => {
                "the signing secret is empty: copy it from Clerk's dashboard, including `whsec_`, into \
                 CLERK_WEBHOOK_SIGNING_SECRET"
            }
            Self::NotBase64 => {
                "the signing secret is not base64 after `whsec_`: copy it from Clerk's dashboard as a whole"
            }
        })
    }
}

impl StdError for SecretError {}
