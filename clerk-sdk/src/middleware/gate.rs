//! The rule that a request must meet, and what is left with one that does.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{ACCESS_CONTROL_REQUEST_METHOD, ORIGIN};
use http::request::Parts;
use http::{HeaderMap, Method, Response};

use super::denial::Denial;
use crate::auth::{Authenticator, Outcome, RequestState};
use crate::jwt::{Has, Session};

/// A rule for requests: who may pass.
///
/// It is made by [`Authenticator::optional`], [`required`](Authenticator::required) or
/// [`require`](Authenticator::require), and given to the adapter of a framework.
///
/// Gates may stand one behind the other: [`optional`](Authenticator::optional) before an application,
/// [`required`](Authenticator::required) before a part of it. Those of one authenticator (and its clones,
/// while nothing more is set on them) find out once who sent a request, and only the first adds headers.
#[derive(Clone)]
pub struct Gate {
    authenticator: Authenticator,
    rule: Rule,
    allows_preflight: bool,
    on_denial: Option<Arc<OnDenial>>,
}

type OnDenial = dyn Fn(&Denial, Response<Bytes>) -> Response<Bytes> + Send + Sync;
type Question = dyn for<'s> Fn(Has<'s>) -> Has<'s> + Send + Sync;

#[derive(Clone)]
enum Rule {
    Optional,
    Required,
    Asked(Arc<Question>),
}

/// Gates for this authenticator.
impl Authenticator {
    /// Lets everybody pass, and says who it is where that is known. A browser that has to be asked about
    /// is sent round first.
    pub fn optional(&self) -> Gate {
        Gate::new(self, Rule::Optional)
    }

    /// Lets pass who is known: users with a session, and machines where their tokens are accepted.
    pub fn required(&self) -> Gate {
        Gate::new(self, Rule::Required)
    }

    /// Lets pass users whose session has what is asked for. Machines have no session: they are answered
    /// with 403, also where their tokens are accepted.
    ///
    /// ```
    /// # fn run(authenticator: clerk_sdk::auth::Authenticator) {
    /// let gate = authenticator.require(|has| has.permission("org:invoices:read"));
    /// # }
    /// ```
    pub fn require(
        &self,
        question: impl for<'s> Fn(Has<'s>) -> Has<'s> + Send + Sync + 'static,
    ) -> Gate {
        Gate::new(self, Rule::Asked(Arc::new(question)))
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

    /// Changes the answers to requests that may not pass: `change` gets what would be answered.
    ///
    /// Keep the headers: they say to browsers and proxies what to do.
    pub fn on_denial(
        mut self,
        change: impl Fn(&Denial, Response<Bytes>) -> Response<Bytes> + Send + Sync + 'static,
    ) -> Self {
        self.on_denial = Some(Arc::new(change));
        self
    }

    /// Lets the preflights of browsers pass: `OPTIONS` requests with the headers `Origin` and
    /// `Access-Control-Request-Method`, which ask what a page of another site may send. They carry no
    /// credentials, so that a gate refuses them otherwise, and with them what they ask for.
    ///
    /// Not needed where what answers them stands before the gate, as is
    /// [best](super#preflights-of-browsers). Anybody can send a request that looks like one: what answers
    /// `OPTIONS` behind such a gate must give nothing away and change nothing.
    pub fn allow_preflight(mut self) -> Self {
        self.allows_preflight = true;
        self
    }

    /// Authenticates a request: who may pass, with what is known of them; or what to answer instead.
    ///
    /// The headers of the state are for the response, whoever makes it. If the extensions of `parts` have
    /// a state that another gate of the same authenticator left with the request, that is taken; it has no
    /// headers then, because the other adds them.
    ///
    /// # Errors
    ///
    /// What to answer to a request that may not pass.
    pub async fn admit(&self, parts: &Parts) -> Result<RequestState, Response<Bytes>> {
        let known = parts.extensions.get::<RequestState>();
        let id = self.authenticator.id();
        let state = match known.and_then(|state| state.for_inner_gate(id)) {
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
        for (name, value) in state.headers() {
            response.headers_mut().append(name, value.clone());
        }
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
            (Rule::Asked(question), Outcome::Session(session)) => {
                let lacking = question(session.has()).require();
                lacking.err().map(Denial::Forbidden)
            }
            (Rule::Asked(_), Outcome::Machine(machine)) => Some(Denial::UsersOnly(machine.kind)),
            (_, Outcome::SignedOut(reason) | Outcome::Handshake(reason)) => {
                Some(Denial::SignedOut(reason.clone()))
            }
        }
    }
}

/// Whether a browser asks what a page of another site may send.
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
            Rule::Asked(_) => "asked",
        };
        f.debug_struct("Gate")
            .field("authenticator", &self.authenticator)
            .field("rule", &rule)
            .field("allows_preflight", &self.allows_preflight)
            .finish_non_exhaustive()
    }
}

/// What a session must have, as a type: for `RequireAuth`.
///
/// ```
/// use clerk_sdk::jwt::Has;
/// use clerk_sdk::middleware::Requirement;
///
/// struct ReadInvoices;
///
/// impl Requirement for ReadInvoices {
///     fn ask(has: Has<'_>) -> Has<'_> {
///         has.permission("org:invoices:read")
///     }
/// }
/// ```
pub trait Requirement {
    /// Asks for it.
    fn ask(has: Has<'_>) -> Has<'_>;
}

/// The session that a gate left with a request: for adapters of other frameworks.
///
/// # Errors
///
/// What to answer where there is none; [`Denial::NoGate`] where there is no state.
pub fn session(state: Option<&RequestState>) -> Result<Session, Denial> {
    match state.map(RequestState::outcome) {
        None => Err(Denial::NoGate),
        Some(Outcome::Session(session)) => Ok(session.clone()),
        Some(Outcome::Machine(machine)) => Err(Denial::UsersOnly(machine.kind)),
        Some(Outcome::SignedOut(reason) | Outcome::Handshake(reason)) => {
            Err(Denial::SignedOut(reason.clone()))
        }
    }
}

/// The session that a gate left with a request, if it has what is asked for: for adapters of other
/// frameworks.
///
/// # Errors
///
/// What to answer where there is none, or it lacks something.
pub fn session_with<R: Requirement>(state: Option<&RequestState>) -> Result<Session, Denial> {
    let session = session(state)?;
    R::ask(session.has()).require().map_err(Denial::Forbidden)?;
    Ok(session)
}

/// Adds the headers that a state has for its response: for adapters of other frameworks.
pub fn add_headers(headers: &mut HeaderMap, state: &RequestState) {
    for (name, value) in state.headers() {
        headers.append(name, value.clone());
    }
}
