//! The extractors, which are the same types in all frameworks, and what each takes from the state of a request.

use std::marker::PhantomData;

use super::extract::Requirement;
use super::rejection::Rejection;
use crate::auth::{MachineAuth, RequestState, TokenType};
use crate::jwt::SessionAuth;

/// The session of the user who sent the request. Signed-out requests get status 401, requests of machines 403.
#[derive(Clone, Debug)]
pub struct Auth(pub SessionAuth);

/// The session of the user who sent the request, if there is one. Without a gate, the response has status 500.
///
/// Prefer it to `Option<Auth>`, which is `None` without a gate too, so that a forgotten gate goes unnoticed.
#[derive(Clone, Debug)]
pub struct OptionalAuth(pub Option<SessionAuth>);

/// The session of a user who meets the requirement `R`. Requests of other users get status 403.
#[derive(Clone, Debug)]
pub struct RequireAuth<R: Requirement> {
    /// The session, which meets the requirement.
    pub session: SessionAuth,
    requirement: PhantomData<fn() -> R>,
}

/// The whole result of authentication: a user, a machine, or the reason why the request is signed out.
#[derive(Clone, Debug)]
pub struct AuthState(pub RequestState);

/// The machine that sent the request, whatever the kind of its token. Signed-out requests get status 401, requests of
/// users 403.
///
/// Machines are signed out unless [their kind of token is accepted](crate::auth::Authenticator::accepts_token).
#[derive(Clone, Debug)]
pub struct Machine(pub MachineAuth);

/// The API key that the request was sent with. Signed-out requests get status 401, those of users and other machines
/// 403.
#[derive(Clone, Debug)]
pub struct ApiKey(pub MachineAuth);

/// The machine-to-machine token that the request was sent with. Signed-out requests get status 401, those of users and
/// other machines 403.
#[derive(Clone, Debug)]
pub struct M2mToken(pub MachineAuth);

/// The OAuth access token that the request was sent with. Signed-out requests get status 401, those of users and other
/// machines 403.
#[derive(Clone, Debug)]
pub struct OAuthToken(pub MachineAuth);

/// What a framework can extract from a request that a gate has authenticated.
pub(super) trait FromState: Sized {
    fn from_state(state: &RequestState) -> Result<Self, Rejection>;
}

/// Extracts a value from the state that a gate attached to a request. `gate` is the type that applies a gate in this
/// framework.
pub(super) fn extract<T: FromState>(
    state: Option<&RequestState>,
    gate: &'static str,
) -> Result<T, Rejection> {
    T::from_state(state.ok_or(Rejection::NoGate(gate))?)
}

/// Calls a macro, which implements the trait of a framework, with each extractor and its generic parameters.
macro_rules! for_each_extractor {
    ($implement:ident) => {
        $implement!([] $crate::middleware::extractors::Auth);
        $implement!([] $crate::middleware::extractors::OptionalAuth);
        $implement!(
            [R: $crate::middleware::extract::Requirement]
            $crate::middleware::extractors::RequireAuth<R>
        );
        $implement!([] $crate::middleware::extractors::AuthState);
        $implement!([] $crate::middleware::extractors::Machine);
        $implement!([] $crate::middleware::extractors::ApiKey);
        $implement!([] $crate::middleware::extractors::M2mToken);
        $implement!([] $crate::middleware::extractors::OAuthToken);
    };
}
pub(super) use for_each_extractor;

impl FromState for Auth {
    fn from_state(state: &RequestState) -> Result<Self, Rejection> {
        state.require_session().map(Self)
    }
}

impl FromState for OptionalAuth {
    fn from_state(state: &RequestState) -> Result<Self, Rejection> {
        Ok(Self(state.session().cloned()))
    }
}

impl<R: Requirement> FromState for RequireAuth<R> {
    fn from_state(state: &RequestState) -> Result<Self, Rejection> {
        Ok(Self {
            session: state.require_session_with::<R>()?,
            requirement: PhantomData,
        })
    }
}

impl FromState for AuthState {
    fn from_state(state: &RequestState) -> Result<Self, Rejection> {
        Ok(Self(state.clone()))
    }
}

impl FromState for Machine {
    fn from_state(state: &RequestState) -> Result<Self, Rejection> {
        state.require_machine().map(Self)
    }
}

impl FromState for ApiKey {
    fn from_state(state: &RequestState) -> Result<Self, Rejection> {
        machine_with(TokenType::ApiKey, state).map(Self)
    }
}

impl FromState for M2mToken {
    fn from_state(state: &RequestState) -> Result<Self, Rejection> {
        machine_with(TokenType::M2m, state).map(Self)
    }
}

impl FromState for OAuthToken {
    fn from_state(state: &RequestState) -> Result<Self, Rejection> {
        machine_with(TokenType::OAuth, state).map(Self)
    }
}

/// Returns the machine that sent the request with a token of this kind.
fn machine_with(kind: TokenType, state: &RequestState) -> Result<MachineAuth, Rejection> {
    let machine = state.require_machine()?;
    match machine.token_type() {
        own if own == kind => Ok(machine),
        other => Err(Rejection::WrongMachine(other)),
    }
}
