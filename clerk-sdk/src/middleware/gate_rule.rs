//! The rule of a gate: which users and machines it admits.

use std::fmt;
use std::sync::Arc;

use super::rejection::Rejection;
use crate::auth::{AuthStatus, MachineAuth, RequestState};
use crate::jwt::{AuthorizationCheck, SessionAuth};

pub(super) type Requirements =
    dyn for<'s> Fn(AuthorizationCheck<'s>) -> AuthorizationCheck<'s> + Send + Sync;

/// Which requests a gate admits.
#[derive(Clone, Debug)]
pub(super) struct GateRule {
    admits: Admits,
    /// Scopes that a machine must have. If they are set, `admits` is about users only.
    machine_scopes: Option<Arc<[String]>>,
}

#[derive(Clone)]
pub(super) enum Admits {
    /// All requests.
    All,
    /// Users and machines that are signed in.
    SignedIn,
    /// Users whose session meets the requirements.
    UsersWith(Arc<Requirements>),
    /// Machines.
    Machines,
}

impl GateRule {
    pub(super) fn new(admits: Admits) -> Self {
        Self {
            admits,
            machine_scopes: None,
        }
    }

    /// Requires these scopes besides those that are required already.
    pub(super) fn require_scopes(&mut self, scopes: Vec<String>) {
        let required = self.machine_scopes.iter().flat_map(|it| it.iter().cloned());
        self.machine_scopes = Some(required.chain(scopes).collect());
    }

    /// Returns the reason to reject a request, if there is one.
    pub(super) fn rejection(&self, state: &RequestState) -> Option<Rejection> {
        if state.redirect().is_some() {
            return Some(Rejection::Redirect);
        }
        match state.status() {
            AuthStatus::Session(session) => self.reject_user(session),
            AuthStatus::Machine(machine) => self.reject_machine(machine),
            AuthStatus::SignedOut(reason) | AuthStatus::Handshake(reason) => match self.admits {
                Admits::All => None,
                _ => Some(Rejection::SignedOut(reason.clone())),
            },
        }
    }

    fn reject_user(&self, session: &SessionAuth) -> Option<Rejection> {
        match &self.admits {
            Admits::All | Admits::SignedIn => None,
            Admits::UsersWith(requirements) => {
                let checked = requirements(session.has()).require();
                checked.err().map(Rejection::Forbidden)
            }
            Admits::Machines => Some(Rejection::MachinesOnly),
        }
    }

    fn reject_machine(&self, machine: &MachineAuth) -> Option<Rejection> {
        match (&self.machine_scopes, &self.admits) {
            (Some(scopes), _) => {
                let missing = scopes.iter().find(|scope| !machine.has_scope(scope));
                missing.map(|scope| Rejection::MissingScope(scope.clone()))
            }
            (None, Admits::UsersWith(_)) => Some(Rejection::UsersOnly(machine.token_type())),
            (None, _) => None,
        }
    }
}

impl fmt::Debug for Admits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::All => "all",
            Self::SignedIn => "signed in",
            Self::UsersWith(_) => "users with requirements",
            Self::Machines => "machines",
        })
    }
}
