//! What the call and its backend tell each other about an attempt while the request is being sent.
//!
//! Nothing is passed on if a layer sends the request from a task of its own.

use std::cell::Cell;
use std::time::Duration;

use tokio::task::futures::TaskLocalFuture;

tokio::task_local! {
    static SCOPE: AttemptScope;
}

/// A request that is being sent for an attempt.
pub(crate) type ScopedFuture<F> = TaskLocalFuture<AttemptScope, F>;

/// The facts about an attempt.
pub(crate) struct AttemptScope {
    /// How long connecting may take.
    connect_limit: Duration,
    /// Whether it is known that nothing of the request has been sent.
    is_unsent: Cell<bool>,
    /// Whether a connection was opened for the request.
    has_connected: Cell<bool>,
}

impl AttemptScope {
    pub(crate) fn new(connect_limit: Duration) -> Self {
        Self {
            connect_limit,
            is_unsent: Cell::new(false),
            has_connected: Cell::new(false),
        }
    }

    /// Sends the request in this scope.
    pub(crate) fn run<F: Future>(self, sending: F) -> ScopedFuture<F> {
        SCOPE.scope(self, sending)
    }

    /// Whether it is known that nothing of the request has been sent.
    pub(crate) fn is_unsent(&self) -> bool {
        self.is_unsent.get()
    }
}

/// How long connecting may take.
pub(super) fn connect_limit() -> Option<Duration> {
    SCOPE.try_with(|scope| scope.connect_limit).ok()
}

/// Says whether it is known that nothing of the request has been sent.
pub(super) fn set_unsent(is_unsent: bool) {
    // Without a scope, nobody asks.
    let _ = SCOPE.try_with(|scope| scope.is_unsent.set(is_unsent));
}

/// Says that a connection was opened for the request.
pub(super) fn set_connected() {
    let _ = SCOPE.try_with(|scope| scope.has_connected.set(true));
}

/// Whether it is known that no connection was opened for the request, which was sent on one that was opened before.
pub(super) fn has_reused_connection() -> bool {
    SCOPE
        .try_with(|scope| !scope.has_connected.get())
        .unwrap_or(false)
}
