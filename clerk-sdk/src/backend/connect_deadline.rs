//! The time by which an attempt has to have a connection, for backends that open connections themselves.

use std::future::Future;

use tokio::time::Instant;

tokio::task_local! {
    static CONNECT_DEADLINE: Instant;
}

/// Sends a request that needs a connection by `deadline`.
pub(crate) fn with_connect_deadline<F: Future>(
    deadline: Instant,
    sending: F,
) -> impl Future<Output = F::Output> {
    CONNECT_DEADLINE.scope(deadline, sending)
}

/// The deadline of the request that is being sent. There is none if a layer sends it from a task of its own.
pub(super) fn connect_deadline() -> Option<Instant> {
    CONNECT_DEADLINE.try_with(|deadline| *deadline).ok()
}
