//! The reasons why a request is signed out, or needs a handshake.

use std::fmt;

use super::machine::MachineError;
use super::refresh_error::RefreshError;
use super::token_type::TokenType;
use super::unverified_calls::{CALL_LIMIT_EXCEEDED, CallFailure};
use crate::error::Error;
use crate::jwt::{TokenError, TokenErrorKind};

/// The reason why a request is not signed in.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum AuthErrorReason {
    /// The request has no token.
    NoToken,
    /// The request has a token of a kind that is not accepted.
    WrongKind(TokenType),
    /// The session token was rejected.
    Token(TokenError),
    /// The session token has expired and was not refreshed with Clerk. Without a publishable key, sessions
    /// cannot be refreshed, and an expired token is a [`Token`](Self::Token) with [`TokenErrorKind::Expired`](crate::jwt::TokenErrorKind::Expired).
    Expired(RefreshError),
    /// The machine token was rejected.
    Machine(MachineError),
    /// There is a session token, but no `__client_uat` cookie with the time of the last sign-in.
    NoClientUat,
    /// There is a `__client_uat` cookie of a signed-in user, but no session token.
    NoSessionToken,
    /// The session token was issued before the last sign-in or sign-out.
    SessionBeforeClientUat,
    /// The development instance does not know the browser yet.
    NoDevBrowser,
    /// The development instance has just issued a credential to the browser.
    DevBrowserSync,
    /// The satellite domain does not know yet whether the user is signed in.
    SatelliteNeedsSyncing,
    /// The primary domain tells a satellite domain whether the user is signed in.
    PrimaryRespondsToSyncing,
    /// The URL names another organization than the active one, or the personal account: see
    /// [`Authenticator::sync_organization`](crate::auth::Authenticator::sync_organization).
    ActiveOrganizationMismatch,
    /// The handshake returned without a session.
    HandshakeWithoutSession,
    /// The result of the handshake has been fetched already, or does not exist: the page was reloaded, or the
    /// link is old.
    HandshakeSpent,
    /// The result of the handshake could not be fetched from Clerk because of this error. The user may be
    /// signed in.
    HandshakeUnavailable(Error),
    /// Too many calls to Clerk were caused by unauthenticated requests recently, so the result of the handshake was not
    /// fetched: see [`Authenticator::limit_unverified_calls`](crate::auth::Authenticator::limit_unverified_calls).
    CallLimitExceeded,
    /// There were too many consecutive handshakes. Check the clock, the keys and the cookie settings.
    HandshakeLoop,
}

impl AuthErrorReason {
    /// A short code for logs and headers, the same that Clerk's other SDKs use.
    ///
    /// Some reasons do not exist there: a pending session (`session-pending`), and handshakes that are spent
    /// (`handshake-spent`), cannot be fetched (`handshake-unavailable`) or form a loop (`handshake-loop`), and too many
    /// calls for unauthenticated requests (`call-limit-exceeded`).
    pub fn code(&self) -> &str {
        match self {
            Self::NoToken => "session-token-and-uat-missing",
            Self::WrongKind(_) => "token-type-mismatch",
            Self::Token(error) => match error.kind() {
                TokenErrorKind::NotYetValid => "session-token-nbf",
                TokenErrorKind::IssuedInTheFuture => "session-token-iat-in-the-future",
                _ => error.code(),
            },
            Self::Expired(it) => it.prefixed_code(),
            Self::Machine(error) => error.code(),
            Self::NoClientUat => "session-token-but-no-client-uat",
            Self::NoSessionToken => "client-uat-but-no-session-token",
            Self::SessionBeforeClientUat => "session-token-iat-before-client-uat",
            Self::NoDevBrowser => "dev-browser-missing",
            Self::DevBrowserSync => "dev-browser-sync",
            Self::SatelliteNeedsSyncing => "satellite-needs-syncing",
            Self::PrimaryRespondsToSyncing => "primary-responds-to-syncing",
            Self::ActiveOrganizationMismatch => "active-organization-mismatch",
            Self::HandshakeWithoutSession => "session-token-missing",
            Self::HandshakeSpent => "handshake-spent",
            Self::HandshakeUnavailable(_) => "handshake-unavailable",
            Self::CallLimitExceeded => "call-limit-exceeded",
            Self::HandshakeLoop => "handshake-loop",
        }
    }

    /// Whether Clerk was not called because of the limit, could not be reached or responded with an unexpected error, so that it is unknown
    /// whether the request is signed in.
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::HandshakeUnavailable(_) | Self::CallLimitExceeded => true,
            Self::Machine(MachineError::Unavailable(_) | MachineError::CallLimitExceeded) => true,
            Self::Token(error) | Self::Machine(MachineError::Token(error)) => {
                error.kind() == TokenErrorKind::KeysUnavailable
            }
            _ => false,
        }
    }
}

impl CallFailure for AuthErrorReason {
    fn limit_exceeded() -> Self {
        Self::CallLimitExceeded
    }

    fn is_final(&self) -> bool {
        !self.is_unavailable()
    }
}

impl fmt::Display for AuthErrorReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Token(error) => return error.fmt(f),
            Self::Expired(it) => return TokenError::expired(it.expired_ago()).fmt(f),
            Self::Machine(error) => return error.fmt(f),
            Self::NoToken => "the request has no token",
            Self::WrongKind(_) => "the request has a token of a kind that is not accepted",
            Self::NoClientUat => {
                "the browser has a session token, but no `__client_uat` cookie of a signed-in user"
            }
            Self::NoSessionToken => "the browser is signed in, but has no session token",
            Self::SessionBeforeClientUat => {
                "the session token was issued before the last sign-in or sign-out"
            }
            Self::NoDevBrowser => "the development instance does not know the browser",
            Self::DevBrowserSync => "the development instance has identified the browser",
            Self::SatelliteNeedsSyncing => {
                "the satellite domain has to sync with the primary domain"
            }
            Self::PrimaryRespondsToSyncing => "the primary domain responds to a satellite domain",
            Self::ActiveOrganizationMismatch => "another organization is active",
            Self::HandshakeWithoutSession => "the handshake returned no session",
            Self::HandshakeSpent => "the handshake was used already, or does not exist",
            Self::HandshakeUnavailable(_) => "cannot fetch the result of the handshake from Clerk",
            Self::CallLimitExceeded => CALL_LIMIT_EXCEEDED,
            Self::HandshakeLoop => "there were too many consecutive handshakes",
        })
    }
}
