//! The gate: the rule that decides which requests are admitted.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{ACCESS_CONTROL_REQUEST_METHOD, ORIGIN};
use http::request::Parts;
use http::{HeaderMap, Method, Response};

use super::denial::Denial;
use crate::auth::{Authenticator, Outcome, RequestState};
use crate::jwt::Has;

/// A rule that decides which requests are admitted.
///
/// A gate is created by [`Authenticator::optional`], [`required`](Authenticator::required) or
/// [`require`](Authenticator::require), and passed to the adapter of a framework.
///
/// Gates can be nested: for example [`optional`](Authenticator::optional) around an application, and
/// [`required`](Authenticator::required) around a part of it. Nested gates of the same authenticator, or of
/// clones that were not configured further, authenticate a request only once, and only the outer one adds
/// headers.
#[derive(Clone)]
pub struct Gate {
    authenticator: Authenticator,
    rule: Rule,
    allows_preflight: bool,
    on_denial: Option<Arc<OnDenial>>,
}

type OnDenial = dyn Fn(&Denial, Response<Bytes>) -> Response<Bytes> + Send + Sync;
type Requirements = dyn for<'s> Fn(Has<'s>) -> Has<'s> + Send + Sync;

#[derive(Clone)]
enum Rule {
    /// All requests.
    Optional,
    /// Users and machines that are signed in.
    Required,
    /// Users whose session meets the requirements.
    Requirements(Arc<Requirements>),
}

/// Creates gates.
impl Authenticator {
    /// Admits all requests, whether they are signed in or not. A browser whose session has to be renewed is
    /// redirected first.
    pub fn optional(&self) -> Gate {
        Gate::new(self, Rule::Optional)
    }

    /// Admits users with a session, and machines if their kind of token is accepted.
    pub fn required(&self) -> Gate {
        Gate::new(self, Rule::Required)
    }

    /// Admits users whose session meets the requirements. Machines get status 403 even if their kind of token
    /// is accepted, because they have no session.
    ///
    /// ```
    /// # fn run(authenticator: clerk_sdk::auth::Authenticator) {
    /// let gate = authenticator.require(|has| has.permission("org:invoices:read"));
    /// # }
    /// ```
    pub fn require(
        &self,
        requirements: impl for<'s> Fn(Has<'s>) -> Has<'s> + Send + Sync + 'static,
    ) -> Gate {
        Gate::new(self, Rule::Requirements(Arc::new(requirements)))
    }
}

impl Gate {
    fn new(authenticator: &Authenticator, rule: Rule) -> Self {
        Self {
            authenticator: authenticator.clone(),
            rule,
            allows_preflight: false,
            on_denial: None,
        }
    }

    /// Changes the responses to denied requests. `change` gets the default response.
    ///
    /// Keep its headers, which browsers and proxies depend on.
    pub fn on_denial(
        mut self,
        change: impl Fn(&Denial, Response<Bytes>) -> Response<Bytes> + Send + Sync + 'static,
    ) -> Self {
        self.on_denial = Some(Arc::new(change));
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
    /// them.
    ///
    /// # Errors
    ///
    /// Returns the response to a denied request.
    pub async fn admit(&self, parts: &Parts) -> Result<RequestState, Response<Bytes>> {
        let outer = parts.extensions.get::<RequestState>();
        let id = self.authenticator.id();
        let state = match outer.and_then(|state| state.for_inner_gate(id)) {
            Some(state) => state,
            None => self.authenticator.authenticate(parts).await.admitted_by(id),
        };
        let Some(denial) = self.denial(&state) else {
            return Ok(state);
        };
        if self.allows_preflight && is_preflight(parts) && !matches!(denial, Denial::Redirect) {
            return Ok(state);
        }
        let mut response = denial.response();
        add_headers(response.headers_mut(), &state);
        Err(match &self.on_denial {
            Some(change) => change(&denial, response),
            None => response,
        })
    }

    fn denial(&self, state: &RequestState) -> Option<Denial> {
        if state.redirect().is_some() {
            return Some(Denial::Redirect);
        }
        match (&self.rule, state.outcome()) {
            (Rule::Optional, _) | (Rule::Required, Outcome::Session(_) | Outcome::Machine(_)) => {
                None
            }
            (Rule::Requirements(requirements), Outcome::Session(session)) => {
                let checked = requirements(session.has()).require();
                checked.err().map(Denial::Forbidden)
            }
            (Rule::Requirements(_), Outcome::Machine(machine)) => {
                Some(Denial::UsersOnly(machine.kind))
            }
            (_, Outcome::SignedOut(reason) | Outcome::Handshake(reason)) => {
                Some(Denial::SignedOut(reason.clone()))
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
            Rule::Optional => "optional",
            Rule::Required => "required",
            Rule::Requirements(_) => "requirements",
        };
        f.debug_struct("Gate")
            .field("authenticator", &self.authenticator)
            .field("rule", &rule)
            .field("allows_preflight", &self.allows_preflight)
            .finish_non_exhaustive()
    }
}

/// Adds the headers of a state to its response. Use it to write an adapter for another framework.
pub fn add_headers(headers: &mut HeaderMap, state: &RequestState) {
    for (name, value) in state.headers() {
        headers.append(name, value.clone());
    }
}
