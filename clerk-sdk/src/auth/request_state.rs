//! The result of authenticating a request.

use http::header::LOCATION;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::authenticator_id::AuthenticatorId;
use super::error_reason::AuthErrorReason;
use super::machine::MachineAuth;
use crate::jwt::SessionAuth;

/// The result of authenticating a request, with headers for the response.
#[derive(Clone, Debug)]
pub struct RequestState {
    status: AuthStatus,
    headers: HeaderMap,
    /// The authenticator of the gate that admitted the request.
    admitted_by: Option<AuthenticatorId>,
}

/// The status of authenticating a request.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum AuthStatus {
    /// A user with a session.
    Session(SessionAuth),
    /// A machine or program.
    Machine(MachineAuth),
    /// The request is signed out.
    SignedOut(AuthErrorReason),
    /// The browser has to be redirected to Clerk, which renews its session cookies, and then comes back. See
    /// [`RequestState::redirect`].
    Handshake(AuthErrorReason),
}

impl RequestState {
    pub(crate) fn new(status: AuthStatus) -> Self {
        let mut headers = HeaderMap::new();
        let status_and_reason = match &status {
            AuthStatus::SignedOut(reason) => Some(("signed-out", reason)),
            AuthStatus::Handshake(reason) => Some(("handshake", reason)),
            AuthStatus::Session(_) | AuthStatus::Machine(_) => None,
        };
        if let Some((status, reason)) = status_and_reason {
            let mut set = |name, value: &str| {
                if let Ok(value) = HeaderValue::try_from(value) {
                    headers.insert(HeaderName::from_static(name), value);
                }
            };
            set("x-clerk-auth-status", status);
            set("x-clerk-auth-reason", reason.code());
            set("x-clerk-auth-message", &reason.header_message());
        }
        Self {
            status,
            headers,
            admitted_by: None,
        }
    }

    pub(super) fn signed_out(reason: AuthErrorReason) -> Self {
        Self::new(AuthStatus::SignedOut(reason))
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

    /// The status: the sender of the request, or the reason why it is not known.
    pub fn status(&self) -> &AuthStatus {
        &self.status
    }

    /// The session, if a user sent the request.
    pub fn session(&self) -> Option<&SessionAuth> {
        match &self.status {
            AuthStatus::Session(session) => Some(session),
            _ => None,
        }
    }

    /// The machine, if a machine sent the request.
    pub fn machine(&self) -> Option<&MachineAuth> {
        match &self.status {
            AuthStatus::Machine(machine) => Some(machine),
            _ => None,
        }
    }

    /// Whether a user or a machine is signed in.
    pub fn is_authenticated(&self) -> bool {
        matches!(self.status, AuthStatus::Session(_) | AuthStatus::Machine(_))
    }

    /// The reason why the request is not signed in.
    pub fn reason(&self) -> Option<&AuthErrorReason> {
        match &self.status {
            AuthStatus::SignedOut(reason) | AuthStatus::Handshake(reason) => Some(reason),
            _ => None,
        }
    }

    /// The URL to redirect the browser to, with status 307 and all [headers](Self::headers), before the
    /// request is handled.
    pub fn redirect(&self) -> Option<&HeaderValue> {
        self.headers.get(LOCATION)
    }

    /// The headers to add to the response, whatever the status is: cookies, and the reason why the request is
    /// signed out.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Adds the [headers](Self::headers) of this state to those of a response.
    pub fn add_headers_to(&self, headers: &mut HeaderMap) {
        for (name, value) in &self.headers {
            headers.append(name, value.clone());
        }
    }
}
