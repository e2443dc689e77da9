//! The permit of one attempt, which is given back to Redis when it is dropped.

use std::sync::Arc;

use tokio::time::Instant;

use super::queue::Queue;
use super::script::{PermitUse, Returned};

/// A permit that Redis granted.
pub(super) struct Permit {
    queue: Arc<Queue>,
    id: String,
    /// The call must not be sent before.
    pub(super) start: Instant,
    is_used: bool,
}

impl Permit {
    pub(super) fn new(queue: Arc<Queue>, id: String, start: Instant) -> Self {
        Self {
            queue,
            id,
            start,
            is_used: false,
        }
    }

    /// The permit of a call that is sent without one of Redis: Redis counts the call afterwards.
    pub(super) fn uncounted(queue: Arc<Queue>) -> Self {
        let (id, now) = (format!("{:016x}", fastrand::u64(..)), Instant::now());
        queue.give_back(Returned {
            id: id.clone(),
            permit_use: PermitUse::Started(now),
        });
        Self::new(queue, id, now).into_used()
    }

    /// Marks the permit as used: the call is sent.
    pub(super) fn into_used(mut self) -> Self {
        self.is_used = true;
        self
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let permit_use = match self.is_used {
            true => PermitUse::Ended(Instant::now()),
            false => PermitUse::Unused(self.start),
        };
        let id = std::mem::take(&mut self.id);
        self.queue.give_back(Returned { id, permit_use });
    }
}
