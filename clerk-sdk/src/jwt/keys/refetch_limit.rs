//! Limits how often an unknown key id causes the keys to be fetched again.

use std::time::{Duration, SystemTime};

/// The number of refetches that may happen at once.
const BURST: u32 = 4;
/// The time until another refetch is permitted.
/// Requests whose key is unknown may wait this long, so it must be short.
const REFILL_INTERVAL: Duration = Duration::from_secs(5);

/// A token bucket: it permits a burst, and is refilled by one permit per interval.
pub(super) struct RefetchLimit {
    permits: u32,
    /// The time that the next interval is counted from.
    last_refill: Option<SystemTime>,
}

impl Default for RefetchLimit {
    fn default() -> Self {
        Self {
            permits: BURST,
            last_refill: None,
        }
    }
}

impl RefetchLimit {
    /// Takes a permit. Returns `false` if there is none.
    pub(super) fn try_acquire(&mut self, now: SystemTime) -> bool {
        self.refill(now);
        let is_permitted = self.permits > 0;
        self.permits = self.permits.saturating_sub(1);
        is_permitted
    }

    /// How long it takes until there is a permit, after [`try_acquire`](Self::try_acquire) has returned `false`.
    pub(super) fn next_permit(&self, now: SystemTime) -> Duration {
        let elapsed = self.last_refill.and_then(|at| now.duration_since(at).ok());
        REFILL_INTERVAL.saturating_sub(elapsed.unwrap_or_default())
    }

    fn refill(&mut self, now: SystemTime) {
        let last_refill = *self.last_refill.get_or_insert(now);
        let Ok(elapsed) = now.duration_since(last_refill) else {
            // The clock was set back: count from its new time.
            self.last_refill = Some(now);
            return;
        };
        let refills = elapsed.as_nanos() / REFILL_INTERVAL.as_nanos();
        let refills = u32::try_from(refills).unwrap_or(u32::MAX);
        match self.permits.saturating_add(refills) {
            // A full bucket needs no refill: the next interval starts now.
            permits if permits >= BURST => (self.permits, self.last_refill) = (BURST, Some(now)),
            permits => {
                self.permits = permits;
                self.last_refill = Some(last_refill + REFILL_INTERVAL * refills);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_of_four_is_permitted_and_then_one_per_interval() {
        let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        let mut limit = RefetchLimit::default();
        let mut permitted = |seconds: u64| {
            let now = start + Duration::from_secs(seconds);
            (0..10).filter(|_| limit.try_acquire(now)).count()
        };
        assert_eq!(permitted(0), 4);
        assert_eq!(permitted(4), 0);
        assert_eq!(permitted(5), 1);
        assert_eq!(permitted(9), 0);
        assert_eq!(permitted(15), 2);
        assert_eq!(permitted(10_000), 4);
        assert_eq!(
            permitted(9_000),
            0,
            "a clock that is set back permits nothing"
        );
        assert_eq!(permitted(9_005), 1);
        assert_eq!(permitted(9_007), 0);
        let now = start + Duration::from_secs(9_007);
        assert_eq!(limit.next_permit(now), Duration::from_secs(3));
    }
}
