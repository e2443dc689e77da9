//! The gate: the rule that decides which requests are admitted.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{ACCESS_CONTROL_REQUEST_METHOD, ORIGIN};
use http::request::Parts;
use http::{Method, Response};

use super::grpc::grpc_response;
use super::rejection::Rejection;
use crate::auth::{AuthStatus, Authenticator, MachineAuth, RequestState};
use crate::jwt::{AuthorizationCheck, SessionAuth};

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
    /// Scopes that a machine must have. If they are set, the rule is about users only.
    machine_scopes: Option<Arc<[String]>>,
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
    /// Machines.
    RequireMachine,
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
    /// is accepted, because they have no session; [`Gate::machine_scopes`] admits them.
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

    /// Admits machines whose token has all of these scopes; with an empty list, all machines. Users get status 403.
    ///
    /// Machines can only be admitted if [their kind of token is accepted](Authenticator::accepts_token).
    ///
    /// ```
    /// # fn run(authenticator: clerk_sdk::auth::Authenticator) {
    /// use clerk_sdk::auth::TokenType;
    ///
    /// let programs = authenticator.accepts_token([TokenType::ApiKey, TokenType::OAuth]);
    /// let readers = programs.require_machine(["invoices:read"]);
    /// # }
    /// ```
    pub fn require_machine(&self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Gate {
        Gate::new(self, Rule::RequireMachine).machine_scopes(scopes)
    }
}

impl Gate {
    fn new(authenticator: &Authenticator, rule: Rule) -> Self {
        Self {
            authenticator: authenticator.clone(),
            rule,
            machine_scopes: None,
            allows_preflight: false,
            on_rejection: None,
        }
    }

    /// Admits machines if their token has all of these scopes, and no other machines. The rule for users stays the same.
    ///
    /// ```
    /// # fn run(authenticator: clerk_sdk::auth::Authenticator) {
    /// use clerk_sdk::auth::TokenType;
    ///
    /// let callers = authenticator.accepts_token([TokenType::Session, TokenType::ApiKey]);
    /// // Any user, or a machine with the scope.
    /// let gate = callers.require_auth().machine_scopes(["invoices:read"]);
    /// // A user with the permission, or a machine with the scope.
    /// let gate = callers
    ///     .require_authorization(|has| has.permission("org:invoices:read"))
    ///     .machine_scopes(["invoices:read"]);
    /// # }
    /// ```
    pub fn machine_scopes(mut self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.machine_scopes = Some(scopes.into_iter().map(Into::into).collect());
        self
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
        match state.status() {
            AuthStatus::Session(session) => self.reject_user(session),
            AuthStatus::Machine(machine) => self.reject_machine(machine),
            AuthStatus::SignedOut(reason) | AuthStatus::Handshake(reason) => match self.rule {
                Rule::AllowAll => None,
                _ => Some(Rejection::SignedOut(reason.clone())),
            },
        }
    }

    fn reject_user(&self, session: &SessionAuth) -> Option<Rejection> {
        match &self.rule {
            Rule::AllowAll | Rule::RequireAuth => None,
            Rule::RequireAuthorization(requirements) => {
                let checked = requirements(session.has()).require();
                checked.err().map(Rejection::Forbidden)
            }
            Rule::RequireMachine => Some(Rejection::MachinesOnly),
        }
    }

    fn reject_machine(&self, machine: &MachineAuth) -> Option<Rejection> {
        match (&self.machine_scopes, &self.rule) {
            (Some(scopes), _) => {
                let missing = scopes.iter().find(|scope| !machine.has_scope(scope));
                missing.map(|scope| Rejection::MissingScope(scope.clone()))
            }
            (None, Rule::RequireAuthorization(_)) => {
                Some(Rejection::UsersOnly(machine.token_type()))
            }
            (None, _) => None,
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
            Rule::RequireMachine => "require machine",
        };
        f.debug_struct("Gate")
            .field("authenticator", &self.authenticator)
            .field("rule", &rule)
            .field("machine_scopes", &self.machine_scopes)
            .field("allows_preflight", &self.allows_preflight)
            .finish_non_exhaustive()
    }
}
