//! The limit on requests in flight, among all clients that share a transport.

use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

/// A slot for each request that may be in flight.
pub(crate) struct InFlight {
    slots: Semaphore,
    limit: usize,
    /// How often a slot was given back, or a call went ahead without one.
    progress: AtomicU64,
}

/// The slot of a request, until it is dropped. It has no permit if the call went ahead without one.
pub(crate) struct Slot<'a> {
    in_flight: &'a InFlight,
    _permit: Option<SemaphorePermit<'a>>,
}

/// If no request ends for this long, those in flight may belong to futures that nobody polls, such as those of a buffered
/// stream whose consumer waits for a slot itself.
const STALLED_AFTER: Duration = Duration::from_secs(1);

impl InFlight {
    pub(super) fn new(requests: usize) -> Self {
        let limit = requests.clamp(1, Semaphore::MAX_PERMITS);
        Self {
            slots: Semaphore::new(limit),
            limit,
            progress: AtomicU64::new(0),
        }
    }

    /// Takes a slot if one is free. A call of low priority leaves half of them to others.
    pub(crate) fn try_acquire(&self, is_low_priority: bool) -> Option<Slot<'_>> {
        if is_low_priority && self.slots.available_permits() <= self.limit / 2 {
            return None;
        }
        let permit = self.slots.try_acquire().ok()?;
        Some(self.slot(Some(permit)))
    }

    /// Waits for a slot. One waiting call goes ahead without a slot whenever no request has ended for a while.
    pub(crate) async fn acquire(&self, max_wait: Duration) -> Option<Slot<'_>> {
        let waiting = timeout(max_wait, async {
            let mut permit = pin!(self.slots.acquire());
            let mut seen = self.progress.load(Ordering::Relaxed);
            loop {
                if let Ok(permit) = timeout(STALLED_AFTER, permit.as_mut()).await {
                    return permit.ok();
                }
                let next = seen.wrapping_add(1);
                let claim = self.progress.compare_exchange(
                    seen,
                    next,
                    Ordering::Relaxed,
                    Ordering::Relaxed,
                );
                match claim {
                    Ok(_) => return None,
                    Err(current) => seen = current,
                }
            }
        });
        let permit = waiting.await.ok()?;
        Some(self.slot(permit))
    }

    fn slot<'a>(&'a self, permit: Option<SemaphorePermit<'a>>) -> Slot<'a> {
        Slot {
            in_flight: self,
            _permit: permit,
        }
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        self.in_flight.progress.fetch_add(1, Ordering::Relaxed);
    }
}
