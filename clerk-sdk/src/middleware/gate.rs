//! The rule that a request must meet, and the answer to one that does not.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

use crate::auth::{Authenticator, Outcome, Reason, RequestState};
use crate::jwt::{Has, Level, Refusal, Session};

/// A rule for requests: who may pass.
///
/// It is made by [`Authenticator::optional`], [`required`](Authenticator::required) or
/// [`require`](Authenticator::require), and given to the adapter of a framework.
#[derive(Clone)]
pub struct Gate {
    authenticator: Authenticator,
    rule: Rule,
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

    /// Lets pass users whose session has what is asked for.
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

    /// Authenticates a request: who may pass, with what is known of them; or what to answer instead.
    ///
    /// The headers of the state are for the response, whoever makes it.
    ///
    /// # Errors
    ///
    /// What to answer to a request that may not pass.
    pub async fn admit(&self, parts: &Parts) -> Result<RequestState, Response<Bytes>> {
        let state = self.authenticator.authenticate(parts).await;
        let Some(denial) = self.denial(&state) else {
            return Ok(state);
        };
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
            (Rule::Asked(_), Outcome::Machine(machine)) => {
                Some(Denial::SignedOut(Reason::WrongKind(machine.kind)))
            }
            (_, Outcome::SignedOut(reason) | Outcome::Handshake(reason)) => {
                Some(Denial::SignedOut(reason.clone()))
            }
        }
    }
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
            .finish_non_exhaustive()
    }
}

/// Why a request may not pass.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Denial {
    /// It is not known who sent it. The answer has status 401, or 503 where Clerk could not be asked.
    SignedOut(Reason),
    /// Who sent it may not do this. The answer has status 403.
    Forbidden(Refusal),
    /// It is sent round. The answer has status 307.
    Redirect,
    /// No gate authenticated it: the program lacks one. The answer has status 500.
    NoGate,
}

impl Denial {
    /// The answer that goes out unless [`Gate::on_denial`] changes it.
    pub fn response(&self) -> Response<Bytes> {
        let (status, challenge) = match self {
            Self::SignedOut(reason) if reason.is_unavailable() => {
                (StatusCode::SERVICE_UNAVAILABLE, None)
            }
            Self::SignedOut(Reason::NoToken) => (StatusCode::UNAUTHORIZED, Some("Bearer")),
            Self::SignedOut(_) => (
                StatusCode::UNAUTHORIZED,
                Some(r#"Bearer error="invalid_token""#),
            ),
            Self::Forbidden(_) => (
                StatusCode::FORBIDDEN,
                Some(r#"Bearer error="insufficient_scope""#),
            ),
            Self::Redirect => (StatusCode::TEMPORARY_REDIRECT, None),
            Self::NoGate => (StatusCode::INTERNAL_SERVER_ERROR, None),
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
        response
    }

    /// An error as Clerk's API answers it; or, where the user has to prove who they are, what makes
    /// Clerk's frontends ask them to.
    fn json(&self) -> Value {
        if let Self::Forbidden(Refusal::Reverification(asked)) = self {
            let level = match asked.level() {
                Level::FirstFactor => "first_factor",
                Level::SecondFactor => "second_factor",
                Level::MultiFactor => "multi_factor",
            };
            let asked = json!({"level": level, "afterMinutes": asked.minutes()});
            return json!({"clerk_error": {
                "type": "forbidden", "reason": "reverification-error",
                "metadata": {"reverification": asked},
            }});
        }
        let code = match self {
            Self::SignedOut(reason) => reason.as_str(),
            Self::Forbidden(_) => "forbidden",
            Self::Redirect => "handshake",
            Self::NoGate => "no-gate",
        };
        let message = self.to_string();
        json!({"errors": [{"code": code, "message": message, "long_message": message}]})
    }
}

impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SignedOut(reason) => reason.fmt(f),
            Self::Forbidden(refusal) => refusal.fmt(f),
            Self::Redirect => f.write_str("the browser has to be asked about"),
            Self::NoGate => f.write_str("the server does not authenticate this request"),
        }
    }
}

impl std::error::Error for Denial {}

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
        Some(Outcome::Machine(machine)) => Err(Denial::SignedOut(Reason::WrongKind(machine.kind))),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_denial_has_its_status() {
        let unavailable = std::sync::Arc::new(crate::Error::MissingKey);
        for (denial, status, challenge) in [
            (Denial::SignedOut(Reason::NoToken), 401, Some("Bearer")),
            (
                Denial::SignedOut(Reason::WrongKind(crate::auth::TokenKind::ApiKey)),
                401,
                Some(r#"Bearer error="invalid_token""#),
            ),
            (
                Denial::SignedOut(Reason::Token(crate::jwt::TokenError::KeysUnavailable(
                    unavailable,
                ))),
                503,
                None,
            ),
            (
                Denial::Forbidden(Refusal::Role("org:admin".to_owned())),
                403,
                Some(r#"Bearer error="insufficient_scope""#),
            ),
            (Denial::Redirect, 307, None),
            (Denial::NoGate, 500, None),
        ] {
            let response = denial.response();
            assert_eq!(response.status(), status, "{denial:?}");
            let header = response.headers().get(WWW_AUTHENTICATE);
            assert_eq!(
                header.and_then(|it| it.to_str().ok()),
                challenge,
                "{denial:?}"
            );
        }
    }
}
