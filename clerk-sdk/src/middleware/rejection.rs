//! The reasons for denying a request, and the response for each.

use std::fmt;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

use crate::auth::{AuthErrorReason, TokenType};
use crate::jwt::{AuthorizationError, ReverificationLevel};

/// The `Retry-After` of responses while Clerk is unavailable. A failed fetch of keys is retried after one
/// second at first, and after thirty at most.
const RETRY_AFTER_SECONDS: &str = "5";

/// The reason why a request is denied.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Rejection {
    /// The request is not signed in. The response has status 401, or 503 with `Retry-After` if Clerk was
    /// [unavailable](AuthErrorReason::is_unavailable).
    SignedOut(AuthErrorReason),
    /// The session does not meet a requirement, such as a role or a permission. The response has status 403.
    Forbidden(AuthorizationError),
    /// The request was sent by a machine, but only users are admitted. The response has status 403. (If the
    /// kind of token is not accepted at all, the request is signed out with [`AuthErrorReason::WrongKind`] instead.)
    UsersOnly(TokenType),
    /// The request was sent by a user, but only machines are admitted. The response has status 403.
    MachinesOnly,
    /// The request was sent by a machine with a token of this kind, but only machines with other kinds of tokens are
    /// admitted. The response has status 403.
    WrongMachine(TokenType),
    /// The token of the machine lacks this scope. The response has status 403.
    MissingScope(String),
    /// The browser is redirected. The response has status 307.
    Redirect,
    /// A hook of the gate panicked, which is a bug of the application. The response has status 500.
    HookPanicked,
    /// No gate authenticated the request, which is a bug of the application. The response has status 500, and names
    /// what the route lacks, such as `AuthLayer`.
    NoGate(&'static str),
}

impl Rejection {
    /// Returns the response, which [`Gate::on_rejection`](super::Gate::on_rejection) can change.
    pub fn to_response(&self) -> Response<Bytes> {
        let (status, challenge) = match self {
            Self::SignedOut(reason) if reason.is_unavailable() => {
                (StatusCode::SERVICE_UNAVAILABLE, None)
            }
            Self::SignedOut(AuthErrorReason::NoToken) => (StatusCode::UNAUTHORIZED, Some("Bearer")),
            Self::SignedOut(_) => (
                StatusCode::UNAUTHORIZED,
                Some(r#"Bearer error="invalid_token""#),
            ),
            Self::Forbidden(_)
            | Self::UsersOnly(_)
            | Self::MachinesOnly
            | Self::WrongMachine(_)
            | Self::MissingScope(_) => (
                StatusCode::FORBIDDEN,
                Some(r#"Bearer error="insufficient_scope""#),
            ),
            Self::Redirect => (StatusCode::TEMPORARY_REDIRECT, None),
            Self::HookPanicked | Self::NoGate(_) => (StatusCode::INTERNAL_SERVER_ERROR, None),
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
            headers.insert(RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_SECONDS));
        }
        response
    }

    /// Returns the status code of gRPC for this rejection, such as 16 for `UNAUTHENTICATED`.
    pub fn grpc_code(&self) -> i32 {
        match self {
            Self::SignedOut(reason) if reason.is_unavailable() => 14,
            // gRPC clients follow no redirects.
            Self::SignedOut(_) | Self::Redirect => 16,
            Self::Forbidden(_)
            | Self::UsersOnly(_)
            | Self::MachinesOnly
            | Self::WrongMachine(_)
            | Self::MissingScope(_) => 7,
            Self::HookPanicked | Self::NoGate(_) => 13,
        }
    }

    /// Whether signing in may help. After a loop of handshakes it does not: the browser would come back and loop again.
    pub(super) fn is_signed_out(&self) -> bool {
        match self {
            Self::SignedOut(AuthErrorReason::HandshakeLoop) => false,
            Self::SignedOut(reason) => !reason.is_unavailable(),
            _ => false,
        }
    }

    /// Returns an error in the format of Clerk's API. If reverification is required, returns the format that
    /// makes Clerk's frontends start it.
    fn json(&self) -> Value {
        if let Self::Forbidden(AuthorizationError::Reverification(required)) = self {
            let level = match required.level() {
                ReverificationLevel::FirstFactor => "first_factor",
                ReverificationLevel::SecondFactor => "second_factor",
                ReverificationLevel::MultiFactor => "multi_factor",
            };
            let required = json!({"level": level, "afterMinutes": required.minutes()});
            return json!({"clerk_error": {
                "type": "forbidden", "reason": "reverification-error",
                "metadata": {"reverification": required},
            }});
        }
        let code = match self {
            Self::SignedOut(reason) => reason.code(),
            Self::Forbidden(_)
            | Self::UsersOnly(_)
            | Self::MachinesOnly
            | Self::WrongMachine(_)
            | Self::MissingScope(_) => "forbidden",
            Self::Redirect => "handshake",
            Self::HookPanicked => "hook-panicked",
            Self::NoGate(_) => "no-gate",
        };
        let message = self.to_string();
        json!({"errors": [{"code": code, "message": message, "long_message": message}]})
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SignedOut(reason) => reason.fmt(f),
            Self::Forbidden(refusal) => refusal.fmt(f),
            Self::UsersOnly(_) => {
                f.write_str("only users are admitted, and the request was sent by a machine")
            }
            Self::MachinesOnly => {
                f.write_str("only machines are admitted, and the request was sent by a user")
            }
            Self::WrongMachine(kind) => {
                write!(f, "a token of the kind `{kind}` is not admitted")
            }
            Self::MissingScope(scope) => write!(f, "the scope `{scope}` is required"),
            Self::Redirect => f.write_str("the browser is redirected to renew its session"),
            Self::HookPanicked => f.write_str("a hook of the gate panicked"),
            Self::NoGate(missing) => {
                write!(
                    f,
                    "no gate authenticated the request: its route has no `{missing}`"
                )
            }
        }
    }
}

impl std::error::Error for Rejection {}

/// For checks in a handler: `session.has().role("org:admin").require()?`.
impl From<AuthorizationError> for Rejection {
    fn from(error: AuthorizationError) -> Self {
        Self::Forbidden(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_denial_has_its_status_and_challenge() {
        let unavailable = std::sync::Arc::new(crate::error::Error::MissingKey);
        for (rejection, status, challenge) in [
            (
                Rejection::SignedOut(AuthErrorReason::NoToken),
                401,
                Some("Bearer"),
            ),
            (
                Rejection::SignedOut(AuthErrorReason::WrongKind(crate::auth::TokenType::ApiKey)),
                401,
                Some(r#"Bearer error="invalid_token""#),
            ),
            (
                Rejection::SignedOut(AuthErrorReason::Token(
                    crate::jwt::TokenError::keys_unavailable(unavailable),
                )),
                503,
                None,
            ),
            (
                Rejection::Forbidden(AuthorizationError::Role("org:admin".to_owned())),
                403,
                Some(r#"Bearer error="insufficient_scope""#),
            ),
            (
                Rejection::UsersOnly(crate::auth::TokenType::ApiKey),
                403,
                Some(r#"Bearer error="insufficient_scope""#),
            ),
            (Rejection::Redirect, 307, None),
            (Rejection::NoGate("AuthLayer"), 500, None),
        ] {
            let response = rejection.to_response();
            assert_eq!(response.status(), status, "{rejection:?}");
            let header = response.headers().get(WWW_AUTHENTICATE);
            assert_eq!(
                header.and_then(|it| it.to_str().ok()),
                challenge,
                "{rejection:?}"
            );
            let has_retry_after = response.headers().contains_key(RETRY_AFTER);
            assert_eq!(has_retry_after, status == 503, "{rejection:?}");
        }
    }
}
