//! The result of authenticating a request.

use std::sync::Arc;

use http::header::LOCATION;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::authenticator_id::AuthenticatorId;
use super::machine::Machine;
use super::reason::Reason;
use crate::jwt::Session;

/// The result of authenticating a request, with headers for the response.
#[derive(Clone, Debug)]
pub struct RequestState {
    outcome: Outcome,
    headers: HeaderMap,
    /// The authenticator of the gate that admitted the request.
    admitted_by: Option<AuthenticatorId>,
}

/// The outcome of authenticating a request.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// A user with a session.
    Session(Session),
    /// A machine or program.
    Machine(Arc<Machine>),
    /// The request is signed out.
    SignedOut(Reason),
    /// The browser has to be redirected to Clerk, which renews its session cookies, and then comes back. See
    /// [`RequestState::redirect`].
    Handshake(Reason),
}

impl RequestState {
    pub(super) fn new(outcome: Outcome) -> Self {
        let mut headers = HeaderMap::new();
        let status_and_reason = match &outcome {
            Outcome::SignedOut(reason) => Some(("signed-out", reason)),
            Outcome::Handshake(reason) => Some(("handshake", reason)),
            Outcome::Session(_) | Outcome::Machine(_) => None,
        };
        if let Some((status, reason)) = status_and_reason {
            let mut set = |name, value: &str| {
                if let Ok(value) = HeaderValue::try_from(value) {
                    headers.insert(HeaderName::from_static(name), value);
                }
            };
            set("x-clerk-auth-status", status);
            set("x-clerk-auth-reason", reason.as_str());
            set("x-clerk-auth-message", &reason.header_message());
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

    /// Adds headers for the response.
    pub(super) fn with_headers(mut self, headers: HeaderMap) -> Self {
        self.headers.extend(headers);
        self
    }

    /// Records the authenticator of the gate that admitted the request.
    pub(crate) fn admitted_by(mut self, authenticator: AuthenticatorId) -> Self {
        self.admitted_by = Some(authenticator);
        self
    }

    /// Returns this state for another gate of the same authenticator, so that the request is authenticated
    /// only once. It has no headers, because the first gate adds them to the response.
    pub(crate) fn for_inner_gate(&self, authenticator: AuthenticatorId) -> Option<Self> {
        (self.admitted_by == Some(authenticator)).then(|| Self {
            headers: HeaderMap::new(),
            ..self.clone()
        })
    }

    /// The outcome: the sender of the request, or the reason why it is not known.
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// The session, if a user sent the request.
    pub fn session(&self) -> Option<&Session> {
        match &self.outcome {
            Outcome::Session(session) => Some(session),
            _ => None,
        }
    }

    /// The machine, if a machine sent the request.
    pub fn machine(&self) -> Option<&Machine> {
        match &self.outcome {
            Outcome::Machine(machine) => Some(machine),
            _ => None,
        }
    }

    /// Whether a user or a machine is signed in.
    pub fn is_signed_in(&self) -> bool {
        matches!(self.outcome, Outcome::Session(_) | Outcome::Machine(_))
    }

    /// The reason why the request is not signed in.
    pub fn reason(&self) -> Option<&Reason> {
        match &self.outcome {
            Outcome::SignedOut(reason) | Outcome::Handshake(reason) => Some(reason),
            _ => None,
        }
    }

    /// The URL to redirect the browser to, with status 307 and all [headers](Self::headers), before the
    /// request is handled.
    pub fn redirect(&self) -> Option<&HeaderValue> {
        self.headers.get(LOCATION)
    }

    /// The headers to add to the response, whatever the outcome is: cookies, and the reason why the request is
    /// signed out.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }
}
