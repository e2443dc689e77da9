//! What a request turned out to be.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use http::header::LOCATION;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::Authenticator;
use super::kind::TokenKind;
use super::machine::Machine;
use super::machine_error::MachineError;
use super::refresh::NotRefreshed;
use crate::Error;
use crate::jwt::{Session, TokenError};

/// What a request turned out to be, with the headers that its response should have.
#[derive(Clone, Debug)]
pub struct RequestState {
    outcome: Outcome,
    headers: HeaderMap,
    /// Whose gate let the request pass.
    admitted_by: Option<Authenticator>,
}

/// Who sent a request, as far as that is known.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// A user with a session.
    Session(Session),
    /// A machine, or a program.
    Machine(Arc<Machine>),
    /// Nobody who is known, and why.
    SignedOut(Reason),
    /// A browser that Clerk should be asked about: send it where the [redirect](RequestState::redirect)
    /// says, and it comes back with what is missing.
    Handshake(Reason),
}

/// Why a request is not signed in.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Reason {
    /// It carries nothing that says who sent it.
    NoToken,
    /// It carries a token of a kind that is not accepted here.
    WrongKind(TokenKind),
    /// Its session token is refused.
    Token(TokenError),
    /// Its session token has expired, and was not renewed by asking Clerk. Without a publishable key,
    /// where nothing can be renewed, it is [`Token`](Self::Token) with [`TokenError::Expired`].
    Expired(NotRefreshed),
    /// The token of a machine is refused.
    Machine(MachineError),
    /// It has a session, but Clerk's note of when the user signed in is missing.
    NoClientUat,
    /// The user has signed in, but the session token is missing.
    NoSessionToken,
    /// The session token is older than the last sign-in or sign-out.
    SessionBeforeClientUat,
    /// A development instance does not know this browser yet.
    NoDevBrowser,
    /// A development instance has just told this browser who it is.
    DevBrowserSync,
    /// A satellite domain does not know yet whether the user is signed in.
    SatelliteNeedsSyncing,
    /// A satellite domain asks the primary domain whether the user is signed in.
    PrimaryRespondsToSyncing,
    /// A handshake came back without a session.
    HandshakeWithoutSession,
    /// What a handshake left at Clerk has been fetched already, or was never there: the page was reloaded,
    /// or the link is an old one.
    HandshakeSpent,
    /// What a handshake left could not be fetched, which says nothing of the sender; the error says why.
    HandshakeUnavailable(Arc<Error>),
    /// Handshakes go round in a circle, which points at a wrong setting: clocks, keys, cookies.
    HandshakeLoop,
}

impl Reason {
    /// A short name for it, for logs and headers: the one that Clerk's other SDKs use where they have
    /// one. They have none for a session that is pending (`session-pending`), and for handshakes that
    /// are spent (`handshake-spent`), cannot be fetched (`handshake-unavailable`) or go round in a circle
    /// (`handshake-loop`).
    pub fn as_str(&self) -> &str {
        match self {
            Self::NoToken => "session-token-and-uat-missing",
            Self::WrongKind(_) => "token-type-mismatch",
            Self::Token(TokenError::NotYetValid(_)) => "session-token-nbf",
            Self::Token(TokenError::IssuedInTheFuture(_)) => "session-token-iat-in-the-future",
            Self::Token(error) => error.reason(),
            Self::Expired(it) => it.reason(),
            Self::Machine(error) => error.reason(),
            Self::NoClientUat => "session-token-but-no-client-uat",
            Self::NoSessionToken => "client-uat-but-no-session-token",
            Self::SessionBeforeClientUat => "session-token-iat-before-client-uat",
            Self::NoDevBrowser => "dev-browser-missing",
            Self::DevBrowserSync => "dev-browser-sync",
            Self::SatelliteNeedsSyncing => "satellite-needs-syncing",
            Self::PrimaryRespondsToSyncing => "primary-responds-to-syncing",
            Self::HandshakeWithoutSession => "session-token-missing",
            Self::HandshakeSpent => "handshake-spent",
            Self::HandshakeUnavailable(_) => "handshake-unavailable",
            Self::HandshakeLoop => "handshake-loop",
        }
    }

    /// Whether it is Clerk that could not be asked, which says nothing of the sender.
    pub fn is_unavailable(&self) -> bool {
        matches!(
            self,
            Self::HandshakeUnavailable(_)
                | Self::Token(TokenError::KeysUnavailable(_))
                | Self::Machine(
                    MachineError::Unavailable(_)
                        | MachineError::Token(TokenError::KeysUnavailable(_))
                )
        )
    }
}

impl Reason {
    /// What a header says of it: as `Display`, without the list of your settings, which is long.
    fn message(&self) -> Cow<'static, str> {
        match self {
            Self::Token(TokenError::UnauthorizedParty(_)) => {
                "the token is not from an authorized party".into()
            }
            Self::Token(TokenError::WrongAudience(_)) => "the token is for another audience".into(),
            Self::Token(TokenError::WrongIssuer(_)) => "the token has another issuer".into(),
            _ => self.to_string().into(),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Token(error) => return error.fmt(f),
            Self::Expired(it) => return TokenError::Expired(it.expired_ago()).fmt(f),
            Self::Machine(error) => return error.fmt(f),
            Self::NoToken => "the request carries no token",
            Self::WrongKind(_) => "the request carries a token of a kind that is not accepted here",
            Self::NoClientUat => "the browser has a session, but not when its user signed in",
            Self::NoSessionToken => "the browser has signed in, but has no session token",
            Self::SessionBeforeClientUat => "the session token is older than the last sign-in",
            Self::NoDevBrowser => "the development instance does not know this browser",
            Self::DevBrowserSync => "the development instance has named this browser",
            Self::SatelliteNeedsSyncing => "the satellite has to ask the primary domain",
            Self::PrimaryRespondsToSyncing => "the primary domain answers its satellite",
            Self::HandshakeWithoutSession => "the handshake brought no session",
            Self::HandshakeSpent => "the handshake has been used already, or never was",
            Self::HandshakeUnavailable(_) => "Clerk could not be asked about the handshake",
            Self::HandshakeLoop => "handshakes go round in a circle",
        })
    }
}

/// The value of a header that has credentials in it: it is never printed.
pub(super) fn secret(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::try_from(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

impl RequestState {
    pub(super) fn new(outcome: Outcome) -> Self {
        let mut headers = HeaderMap::new();
        let described = match &outcome {
            Outcome::SignedOut(reason) => Some(("signed-out", reason)),
            Outcome::Handshake(reason) => Some(("handshake", reason)),
            Outcome::Session(_) | Outcome::Machine(_) => None,
        };
        if let Some((status, reason)) = described {
            let mut set = |name, value: &str| {
                if let Ok(value) = HeaderValue::try_from(value) {
                    headers.insert(HeaderName::from_static(name), value);
                }
            };
            set("x-clerk-auth-status", status);
            set("x-clerk-auth-reason", reason.as_str());
            set("x-clerk-auth-message", &reason.message());
        }
        Self {
            outcome,
            headers,
            admitted_by: None,
        }
    }

    pub(super) fn signed_out(reason: Reason) -> Self {
        Self::new(Outcome::SignedOut(reason))
    }

    /// Adds headers to those that the response should have.
    pub(super) fn with_headers(mut self, headers: HeaderMap) -> Self {
        self.headers.extend(headers);
        self
    }

    /// Notes whose gate it was that asked, and adds the headers.
    pub(crate) fn admitted_by(mut self, authenticator: &Authenticator) -> Self {
        self.admitted_by = Some(authenticator.clone());
        self
    }

    /// This state for another gate of the same authenticator: without headers, as the first adds them.
    pub(crate) fn again(&self, authenticator: &Authenticator) -> Option<Self> {
        let known = self.admitted_by.as_ref()?.is(authenticator);
        known.then(|| Self {
            headers: HeaderMap::new(),
            ..self.clone()
        })
    }

    /// Who sent the request, or why that is not known.
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// The session, if the sender is a user with one.
    pub fn session(&self) -> Option<&Session> {
        match &self.outcome {
            Outcome::Session(session) => Some(session),
            _ => None,
        }
    }

    /// The machine, if the sender is one.
    pub fn machine(&self) -> Option<&Machine> {
        match &self.outcome {
            Outcome::Machine(machine) => Some(machine),
            _ => None,
        }
    }

    /// Whether it is known who sent the request.
    pub fn is_signed_in(&self) -> bool {
        matches!(self.outcome, Outcome::Session(_) | Outcome::Machine(_))
    }

    /// Why it is not known who sent the request.
    pub fn reason(&self) -> Option<&Reason> {
        match &self.outcome {
            Outcome::SignedOut(reason) | Outcome::Handshake(reason) => Some(reason),
            _ => None,
        }
    }

    /// Where the sender is to be sent before anything else, with status 307 and all the
    /// [headers](Self::headers).
    pub fn redirect(&self) -> Option<&HeaderValue> {
        self.headers.get(LOCATION)
    }

    /// What to add to the response, whatever it is: cookies, and why the request is signed out.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }
}
