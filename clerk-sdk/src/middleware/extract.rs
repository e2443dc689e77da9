//! Extracting the session from the state that a gate attached to a request.

use super::denial::Denial;
use crate::auth::{Outcome, RequestState};
use crate::jwt::{Has, Session};

/// A requirement for a session, as a type for `RequireAuth`.
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
    /// Adds the requirement to an authorization check.
    fn ask(has: Has<'_>) -> Has<'_>;
}

/// Returns the session that a gate attached to a request. Use it to write an adapter for another framework.
///
/// # Errors
///
/// Returns the denial to respond with if there is no session, or [`Denial::NoGate`] if `state` is `None`.
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

/// Returns the session that a gate attached to a request, if it meets a requirement. Use it to write an
/// adapter for another framework.
///
/// # Errors
///
/// Returns the denial to respond with if there is no session or it does not meet the requirement.
pub fn session_with<R: Requirement>(state: Option<&RequestState>) -> Result<Session, Denial> {
    let session = session(state)?;
    R::ask(session.has()).require().map_err(Denial::Forbidden)?;
    Ok(session)
}
