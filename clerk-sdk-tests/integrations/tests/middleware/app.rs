//! A running application of some framework.

use clerk_sdk::auth::RequestState;

pub(crate) struct App {
    /// The base URL, such as `http://127.0.0.1:1234`.
    pub(crate) url: String,
    /// Stops the application when dropped, if something has to.
    pub(crate) _guard: Option<Box<dyn std::any::Any + Send>>,
}

/// Returns the id of the user or machine that sent the request, or `nobody`, as the response of a handler.
pub(crate) fn subject(state: &RequestState) -> String {
    match (state.session(), state.machine()) {
        (Some(session), _) => session.user_id().to_owned(),
        (_, Some(machine)) => machine.subject().to_owned(),
        _ => "nobody".to_owned(),
    }
}
