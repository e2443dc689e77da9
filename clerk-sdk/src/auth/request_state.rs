//! The result of authenticating a request.

use std::fmt;

use http::header::{CACHE_CONTROL, LOCATION, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::authenticator_id::AuthenticatorId;
use super::error_reason::AuthErrorReason;
use super::machine::MachineAuth;
use super::request_record::RequestRecord;
use crate::jwt::SessionAuth;

/// The result of authenticating a request, with headers for the response.
#[derive(Clone, Debug)]
pub struct RequestState {
    status: AuthStatus,
    headers: HeaderMap,
    record: RequestRecord,
    /// The decision of a gate about the request.
    decision: Option<Decision>,
}

#[derive(Clone)]
struct Decision {
    authenticator: AuthenticatorId,
    /// Its number among the decisions about the request.
    number: usize,
    /// The token, if it is neither from the header nor from a cookie.
    token: Option<String>,
}

/// Without the token.
impl fmt::Debug for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decision")
            .field("authenticator", &self.authenticator)
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
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
            set("x-clerk-auth-message", &reason.to_string());
        }
        Self {
            status,
            headers,
            record: RequestRecord::default(),
            decision: None,
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

    pub(super) fn with_record(mut self, record: RequestRecord) -> Self {
        self.record = record;
        self
    }

    pub(super) fn record(&self) -> &RequestRecord {
        &self.record
    }

    /// Records that a gate with this authenticator decides about the request, by a token from another place than its
    /// header and its cookies if there is one. Its decision supersedes those of gates around it that have other
    /// authenticators.
    pub(crate) fn decided_by(
        mut self,
        authenticator: AuthenticatorId,
        token: Option<String>,
    ) -> Self {
        self.decision = Some(Decision {
            authenticator,
            number: self.record.count_decision(),
            token,
        });
        self
    }

    /// Returns this state for another gate of the same authenticator, so that the request is authenticated
    /// only once. It has no headers, because the first gate adds them to the response.
    ///
    /// It is `None` if the other gate finds a token that was not the one decided by.
    pub(crate) fn for_inner_gate(
        &self,
        authenticator: AuthenticatorId,
        token: Option<&str>,
    ) -> Option<Self> {
        let decision = self.decision.as_ref()?;
        let is_same_token = token.is_none() || token == decision.token.as_deref();
        (decision.authenticator == authenticator && is_same_token).then(|| Self {
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
    /// signed out. [`add_headers_to`](Self::add_headers_to) adds them.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Adds the [headers](Self::headers) of this state to those of a response. Except for cookies, they replace those of
    /// the response: one that sets session cookies is never cached, whatever its `Cache-Control` was.
    ///
    /// If a gate with another authenticator has decided about the request since, only the cookies are added that the
    /// response does not set yet: the reason of that gate applies.
    pub fn add_headers_to(&self, headers: &mut HeaderMap) {
        let added = self.headers_for(|cookie| {
            let mut set = headers.get_all(SET_COOKIE).iter();
            set.any(|own| own.as_bytes() == cookie)
        });
        for (name, value) in added {
            match *name == SET_COOKIE {
                true => headers.append(name, value.clone()),
                false => headers.insert(name, value.clone()).is_some(),
            };
        }
    }

    /// Returns the headers to add to a response for which `sets_cookie` returns whether it has a `Set-Cookie` header
    /// with this value. Those with other names replace headers of the response.
    pub(crate) fn headers_for(
        &self,
        sets_cookie: impl Fn(&[u8]) -> bool,
    ) -> Vec<(&HeaderName, &HeaderValue)> {
        let decision = self.decision.as_ref();
        let is_superseded = decision.is_some_and(|it| self.record.is_superseded(it.number));
        let headers = self.headers.iter();
        let added = headers.filter(|(name, value)| match **name == SET_COOKIE {
            true => !sets_cookie(value.as_bytes()),
            false => !is_superseded || **name == CACHE_CONTROL,
        });
        added.collect()
    }
}
