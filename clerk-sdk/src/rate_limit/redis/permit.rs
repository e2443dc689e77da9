//! The permit of one attempt, which is given back to Redis when it is dropped.

use std::mem;
use std::sync::Arc;

use tokio::time::Instant;

use super::script::{PermitUse, Returned};
use crate::rate_limit::window::{Window, WindowPermit};

/// What grants permits, and takes them back.
pub(super) trait PermitSource: Send + Sync {
    fn take_back(self: Arc<Self>, returned: Returned);
}

/// A permit that Redis granted.
pub(super) struct Permit {
    source: Arc<dyn PermitSource>,
    id: String,
    /// The call must not be sent before.
    pub(super) start: Instant,
    is_used: bool,
    /// The permits of this process's own share, which the call takes up.
    own_share: Vec<WindowPermit>,
}

impl Permit {
    pub(super) fn new(source: Arc<dyn PermitSource>, id: String, start: Instant) -> Self {
        Self {
            source,
            id,
            start,
            is_used: false,
            own_share: Vec::new(),
        }
    }

    /// Counts the call towards these windows of this process too.
    pub(super) fn count_in(&mut self, windows: &[Arc<Window>]) {
        let permits = windows.iter().map(Window::take_regardless);
        self.own_share = permits.collect();
    }

    /// The permit of a call that is sent without one of Redis: Redis counts the call afterwards.
    pub(super) fn uncounted(source: Arc<dyn PermitSource>) -> Self {
        let (id, now) = (format!("{:016x}", fastrand::u64(..)), Instant::now());
        source.clone().take_back(Returned {
            id: id.clone(),
            permit_use: PermitUse::Started(now),
        });
        Self::new(source, id, now).into_used()
    }

    /// Marks the permit as used: the call is sent.
    pub(super) fn into_used(mut self) -> Self {
        self.is_used = true;
        let own_share = mem::take(&mut self.own_share).into_iter();
        self.own_share = own_share.map(WindowPermit::into_used).collect();
        self
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let permit_use = match self.is_used {
            true => PermitUse::Ended(Instant::now()),
            false => PermitUse::Unused(self.start),
        };
        let id = mem::take(&mut self.id);
        self.source.clone().take_back(Returned { id, permit_use });
    }
}
