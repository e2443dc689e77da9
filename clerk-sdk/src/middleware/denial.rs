//! Why a request may not pass, and what it is answered.

use std::fmt;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

use crate::auth::{Reason, TokenKind};
use crate::jwt::{Level, Refusal};

/// The seconds after which to try again where Clerk cannot be reached. Keys are asked for again after one
/// second at first, and after thirty at most.
const TRY_AGAIN_AFTER: &str = "5";

/// Why a request may not pass.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Denial {
    /// It is not known who sent it. The answer has status 401; or 503, with `Retry-After`,
    /// where Clerk could not be asked.
    SignedOut(Reason),
    /// Who sent it may not do this. The answer has status 403.
    Forbidden(Refusal),
    /// A machine sent it, and this is for users. The answer has status 403: it is known who sent it. (A
    /// token of a kind that is not accepted at all is a [reason](Reason::WrongKind) to be signed out.)
    UsersOnly(TokenKind),
    /// It is sent round. The answer has status 307.
    Redirect,
    /// No gate authenticated it: the program lacks one. The answer has status 500.
    NoGate,
}

impl Denial {
    /// The answer that goes out unless [`Gate::on_denial`](super::Gate::on_denial) changes it.
    pub fn response(&self) -> Response<Bytes> {
        let (status, challenge) = match self {
            Self::SignedOut(reason) if reason.is_unavailable() => {
                (StatusCode::SERVICE_UNAVAILABLE, None)
            }
            Self::SignedOut(Reason::NoToken) => (StatusCode::UNAUTHORIZED, Some("Bearer")),
            Self::SignedOut(_) => (
                StatusCode::UNAUTHORIZED,
                Some(r#"Bearer error="invalid_token""#),
            ),
            Self::Forbidden(_) | Self::UsersOnly(_) => (
                StatusCode::FORBIDDEN,
                Some(r#"Bearer error="insufficient_scope""#),
            ),
            Self::Redirect => (StatusCode::TEMPORARY_REDIRECT, None),
            Self::NoGate => (StatusCode::INTERNAL_SERVER_ERROR, None),
        };
        let body = match self {
            Self::Redirect => Bytes::new(),
            _ => self.json().to_string().into(),
        };
        let mut response = Response::new(body);
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(challenge) = challenge {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from_static(TRY_AGAIN_AFTER));
        }
        response
    }

    /// An error as Clerk's API answers it; or, where the user has to prove who they are, what makes
    /// Clerk's frontends ask them to.
    fn json(&self) -> Value {
        if let Self::Forbidden(Refusal::Reverification(asked)) = self {
            let level = match asked.level() {
                Level::FirstFactor => "first_factor",
                Level::SecondFactor => "second_factor",
                Level::MultiFactor => "multi_factor",
            };
            let asked = json!({"level": level, "afterMinutes": asked.minutes()});
            return json!({"clerk_error": {
                "type": "forbidden", "reason": "reverification-error",
                "metadata": {"reverification": asked},
            }});
        }
        let code = match self {
            Self::SignedOut(reason) => reason.as_str(),
            Self::Forbidden(_) | Self::UsersOnly(_) => "forbidden",
            Self::Redirect => "handshake",
            Self::NoGate => "no-gate",
        };
        let message = self.to_string();
        json!({"errors": [{"code": code, "message": message, "long_message": message}]})
    }
}

impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SignedOut(reason) => reason.fmt(f),
            Self::Forbidden(refusal) => refusal.fmt(f),
            Self::UsersOnly(_) => f.write_str("only users may do this, and a machine asked"),
            Self::Redirect => f.write_str("the browser has to be asked about"),
            Self::NoGate => f.write_str("the server does not authenticate this request"),
        }
    }
}

impl std::error::Error for Denial {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_denial_has_its_status() {
        let unavailable = std::sync::Arc::new(crate::Error::MissingKey);
        for (denial, status, challenge) in [
            (Denial::SignedOut(Reason::NoToken), 401, Some("Bearer")),
            (
                Denial::SignedOut(Reason::WrongKind(crate::auth::TokenKind::ApiKey)),
                401,
                Some(r#"Bearer error="invalid_token""#),
            ),
            (
                Denial::SignedOut(Reason::Token(crate::jwt::TokenError::KeysUnavailable(
                    unavailable,
                ))),
                503,
                None,
            ),
            (
                Denial::Forbidden(Refusal::Role("org:admin".to_owned())),
                403,
                Some(r#"Bearer error="insufficient_scope""#),
            ),
            (
                Denial::UsersOnly(crate::auth::TokenKind::ApiKey),
                403,
                Some(r#"Bearer error="insufficient_scope""#),
            ),
            (Denial::Redirect, 307, None),
            (Denial::NoGate, 500, None),
        ] {
            let response = denial.response();
            assert_eq!(response.status(), status, "{denial:?}");
            let header = response.headers().get(WWW_AUTHENTICATE);
            assert_eq!(
                header.and_then(|it| it.to_str().ok()),
                challenge,
                "{denial:?}"
            );
            let has_pause = response.headers().contains_key(RETRY_AFTER);
            assert_eq!(has_pause, status == 503, "{denial:?}");
        }
    }
}
