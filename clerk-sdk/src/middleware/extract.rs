//! Extracting the session or the machine from the state that a gate attached to a request.

use super::rejection::Rejection;
use crate::auth::{AuthStatus, MachineAuth, RequestState};
use crate::jwt::{AuthorizationCheck, SessionAuth};

/// A requirement for a session, as a type for `RequireAuth`.
///
/// ```
/// use clerk_sdk::jwt::AuthorizationCheck;
/// use clerk_sdk::middleware::Requirement;
///
/// struct ReadInvoices;
///
/// impl Requirement for ReadInvoices {
///     fn ask(has: AuthorizationCheck<'_>) -> AuthorizationCheck<'_> {
///         has.permission("org:invoices:read")
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a requirement for a session",
    note = "implement `clerk_sdk::middleware::Requirement` for it"
)]
pub trait Requirement {
    /// Adds the requirement to an authorization check.
    fn ask(has: AuthorizationCheck<'_>) -> AuthorizationCheck<'_>;
}

/// Extracts the session or the machine, for adapters to frameworks.
impl RequestState {
    /// Returns the session, or the rejection to respond with.
    ///
    /// An adapter for another framework gets the state from the extensions of the request, where it stored the
    /// result of [`Gate::admit`](super::Gate::admit); without one, it responds with [`Rejection::NoGate`].
    ///
    /// # Errors
    ///
    /// Returns the rejection to respond with if there is no session.
    pub fn require_session(&self) -> Result<SessionAuth, Rejection> {
        match self.status() {
            AuthStatus::Session(session) => Ok(session.clone()),
            AuthStatus::Machine(machine) => Err(Rejection::UsersOnly(machine.token_type())),
            AuthStatus::SignedOut(reason) | AuthStatus::Handshake(reason) => {
                Err(Rejection::SignedOut(reason.clone()))
            }
        }
    }

    /// Returns the session if it meets a requirement, or the rejection to respond with.
    ///
    /// # Errors
    ///
    /// Returns the rejection to respond with if there is no session, or if it does not meet the requirement.
    pub fn require_session_with<R: Requirement>(&self) -> Result<SessionAuth, Rejection> {
        let session = self.require_session()?;
        R::ask(session.has()).require()?;
        Ok(session)
    }
    /// Returns the machine that sent the request, or the rejection to respond with.
    ///
    /// # Errors
    ///
    /// Returns the rejection to respond with if the request was not sent by a machine.
    pub fn require_machine(&self) -> Result<MachineAuth, Rejection> {
        match self.status() {
            AuthStatus::Machine(machine) => Ok(machine.clone()),
            AuthStatus::Session(_) => Err(Rejection::MachinesOnly),
            AuthStatus::SignedOut(reason) | AuthStatus::Handshake(reason) => {
                Err(Rejection::SignedOut(reason.clone()))
            }
        }
    }
}
