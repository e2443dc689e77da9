//! The gate: the rule that decides which requests are admitted.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{ACCESS_CONTROL_REQUEST_METHOD, ORIGIN};
use http::request::Parts;
use http::{Method, Response};

use super::grpc::grpc_response;
use super::rejection::Rejection;
use crate::auth::{AuthStatus, Authenticator, RequestState};
use crate::jwt::AuthorizationCheck;

/// A rule that decides which requests are admitted.
///
/// A gate is created by [`Authenticator::allow_all`],
/// [`require_auth`](Authenticator::require_auth) or [`require_authorization`](Authenticator::require_authorization), and passed to the adapter of a framework.
///
/// Gates can be nested: for example [`allow_all`](Authenticator::allow_all) around an application, and
/// [`require_auth`](Authenticator::require_auth) around a part of it. Nested gates of the same authenticator, or of
/// clones that were not configured further, authenticate a request only once, and only the outer one adds
/// headers. If their authenticators differ, the inner gate decides who sent the request, and only its headers and the
/// cookies of both are added to the response. The result of a handshake or a refresh is fetched from Clerk once.
#[derive(Clone)]
#[must_use = "a setter returns the changed value: assign it, or pass it on"]
pub struct Gate {
    authenticator: Authenticator,
    rule: Rule,
    allows_preflight: bool,
    on_rejection: Option<Arc<OnRejection>>,
}

type OnRejection = dyn Fn(&Rejection, Response<Bytes>) -> Response<Bytes> + Send + Sync;
type Requirements = dyn for<'s> Fn(AuthorizationCheck<'s>) -> AuthorizationCheck<'s> + Send + Sync;

#[derive(Clone)]
enum Rule {
    /// All requests.
    AllowAll,
    /// Users and machines that are signed in.
    RequireAuth,
    /// Users whose session meets the requirements.
    RequireAuthorization(Arc<Requirements>),
}

/// Creates gates.
impl Authenticator {
    /// Admits all requests, whether they are signed in or not. A browser whose session has to be renewed is
    /// redirected first.
    pub fn allow_all(&self) -> Gate {
        Gate::new(self, Rule::AllowAll)
    }

    /// Admits users with a session, and machines if their kind of token is accepted.
    pub fn require_auth(&self) -> Gate {
        Gate::new(self, Rule::RequireAuth)
    }

    /// Admits users whose session meets the requirements. Machines get status 403 even if their kind of token
    /// is accepted, because they have no session.
    ///
    /// ```
    /// # fn run(authenticator: clerk_sdk::auth::Authenticator) {
    /// let gate = authenticator.require_authorization(|has| has.permission("org:invoices:read"));
    /// # }
    /// ```
    pub fn require_authorization(
        &self,
        requirements: impl for<'s> Fn(AuthorizationCheck<'s>) -> AuthorizationCheck<'s>
        + Send
        + Sync
        + 'static,
    ) -> Gate {
        Gate::new(self, Rule::RequireAuthorization(Arc::new(requirements)))
    }
}

impl Gate {
    fn new(authenticator: &Authenticator, rule: Rule) -> Self {
        Self {
            authenticator: authenticator.clone(),
            rule,
            allows_preflight: false,
            on_rejection: None,
        }
    }

    /// Changes the responses to rejected requests. `change` gets the default response.
    ///
    /// Keep its headers, which browsers and proxies depend on.
    pub fn on_rejection(
        mut self,
        change: impl Fn(&Rejection, Response<Bytes>) -> Response<Bytes> + Send + Sync + 'static,
    ) -> Self {
        self.on_rejection = Some(Arc::new(change));
        self
    }

    /// Admits CORS preflight requests: `OPTIONS` requests with the headers `Origin` and
    /// `Access-Control-Request-Method`. Browsers send them without credentials, so that the gate denies them
    /// otherwise, and the browser never sends the actual request.
    ///
    /// This is not needed if a CORS layer responds to them before the gate, which is
    /// [preferable](super#cors-preflight-requests). Any client can send such a request: handlers of `OPTIONS`
    /// after the gate must not reveal or change anything that needs protection.
    pub fn allow_preflight(mut self) -> Self {
        self.allows_preflight = true;
        self
    }

    /// Authenticates a request and admits or denies it.
    ///
    /// Add the headers of the state to the response. If the extensions of `parts` contain the state of
    /// another gate of the same authenticator, it is returned without headers, because the other gate adds
    /// them. Add them [with `add_headers_to`](RequestState::add_headers_to), the inner gate's first.
    ///
    /// # Errors
    ///
    /// Returns the response to a rejected request.
    pub async fn admit(&self, parts: &Parts) -> Result<RequestState, Response<Bytes>> {
        let outer = parts.extensions.get::<RequestState>();
        let id = self.authenticator.id();
        let state = match outer.and_then(|state| state.for_inner_gate(id)) {
            Some(state) => state,
            None => self.authenticator.authenticate(parts).await.decided_by(id),
        };
        let Some(rejection) = self.rejection(&state) else {
            return Ok(state);
        };
        if self.allows_preflight && is_preflight(parts) && !matches!(rejection, Rejection::Redirect)
        {
            return Ok(state);
        }
        let response = grpc_response(parts, &rejection);
        let mut response = response.unwrap_or_else(|| rejection.to_response());
        state.add_headers_to(response.headers_mut());
        Err(match &self.on_rejection {
            Some(change) => change(&rejection, response),
            None => response,
        })
    }

    fn rejection(&self, state: &RequestState) -> Option<Rejection> {
        if state.redirect().is_some() {
            return Some(Rejection::Redirect);
        }
        match (&self.rule, state.status()) {
            (Rule::AllowAll, _)
            | (Rule::RequireAuth, AuthStatus::Session(_) | AuthStatus::Machine(_)) => None,
            (Rule::RequireAuthorization(requirements), AuthStatus::Session(session)) => {
                let checked = requirements(session.has()).require();
                checked.err().map(Rejection::Forbidden)
            }
            (Rule::RequireAuthorization(_), AuthStatus::Machine(machine)) => {
                Some(Rejection::UsersOnly(machine.token_type()))
            }
            (_, AuthStatus::SignedOut(reason) | AuthStatus::Handshake(reason)) => {
                Some(Rejection::SignedOut(reason.clone()))
            }
        }
    }
}

/// Whether a request has the form of a CORS preflight request.
fn is_preflight(parts: &Parts) -> bool {
    parts.method == Method::OPTIONS
        && parts.headers.contains_key(ORIGIN)
        && parts.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rule = match self.rule {
            Rule::AllowAll => "allow all",
            Rule::RequireAuth => "require auth",
            Rule::RequireAuthorization(_) => "require authorization",
        };
        f.debug_struct("Gate")
            .field("authenticator", &self.authenticator)
            .field("rule", &rule)
            .field("allows_preflight", &self.allows_preflight)
            .finish_non_exhaustive()
    }
}
