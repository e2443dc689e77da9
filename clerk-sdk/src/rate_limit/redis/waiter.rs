//! A call that waits for a permit, and what it is told.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::permit::Permit;
use super::unavailable::Unavailable;
use crate::rate_limit::window::Window;

/// What a call that waits is told.
pub(super) enum Decision {
    Granted(Permit),
    /// The route has a cool-down for this time.
    Blocked(Duration),
    /// The permit would come too late.
    Exceeded,
    Unavailable(Unavailable),
    /// Redis has not responded in the time that a call may be delayed.
    Delayed,
}

/// What a call does if Redis does not respond in time.
#[derive(Clone, Copy)]
pub(super) enum OnDelay {
    /// It wants to know, at once if Redis should have responded already.
    Tell,
    /// It wants to know again after a while, because it has not found another permit.
    TellAgain,
    /// It waits until Redis counts as unavailable.
    Wait,
}

/// A call that waits.
pub(super) struct Waiter {
    pub(super) deadline: Option<Instant>,
    /// When the call wants to know that Redis has not responded.
    pub(super) delayed_at: Option<Instant>,
    /// The windows that count the call besides.
    pub(super) own_share: Vec<Arc<Window>>,
    pub(super) decide: oneshot::Sender<Decision>,
}

impl Waiter {
    /// Tells the call; it may have been dropped.
    pub(super) fn tell(self, decision: Decision) {
        let _ = self.decide.send(decision);
    }

    pub(super) fn gives_up_before(&self, time: Instant) -> bool {
        self.deadline.is_some_and(|deadline| deadline < time)
    }
}
