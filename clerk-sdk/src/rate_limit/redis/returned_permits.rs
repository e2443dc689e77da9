//! The permits of a queue that have to be given back to Redis.

use std::time::Duration;

use tokio::time::Instant;

use super::script::{PermitRequest, PermitUse, Returned};

/// The most permits that one request gives back.
const MAX_RETURNED: usize = 512;
/// The part of the return time after which permits are given back if no request does so earlier.
const FLUSH_PART: u32 = 20;
const MAX_FLUSH_DELAY: Duration = Duration::from_millis(500);

#[derive(Default)]
pub(super) struct ReturnedPermits {
    permits: Vec<Returned>,
    /// When the permits are given back at the latest.
    flush_at: Option<Instant>,
}

impl ReturnedPermits {
    pub(super) fn is_empty(&self) -> bool {
        self.permits.is_empty()
    }

    pub(super) fn flush_at(&self) -> Option<Instant> {
        self.flush_at
    }

    /// How many calls were sent that Redis does not know yet.
    pub(super) fn uncounted(&self) -> usize {
        let is_uncounted = |it: &&Returned| matches!(it.permit_use, PermitUse::Started(_));
        self.permits.iter().filter(is_uncounted).count()
    }

    pub(super) fn push(&mut self, returned: Returned, return_time: Duration, now: Instant) {
        let delay = match returned.permit_use {
            // Redis grants permits that this call takes up until it knows of it.
            PermitUse::Started(_) => Duration::ZERO,
            PermitUse::Ended(_) | PermitUse::Unused(_) => {
                (return_time / FLUSH_PART).min(MAX_FLUSH_DELAY)
            }
        };
        let at = now + delay;
        self.flush_at = Some(self.flush_at.map_or(at, |other| other.min(at)));
        self.permits.push(returned);
    }

    /// Takes the permits that the next request gives back.
    pub(super) fn take(&mut self) -> Vec<Returned> {
        let taken = self.permits.len().min(MAX_RETURNED);
        let taken = self.permits.drain(..taken).collect();
        if self.permits.is_empty() {
            self.flush_at = None;
        }
        taken
    }

    /// Takes back what a request that failed should have told Redis. Redis may have granted the permits.
    pub(super) fn restore(&mut self, request: PermitRequest, now: Instant) {
        for index in 0..request.wanted {
            let (id, permit_use) = (request.id(index), PermitUse::Unused(now));
            self.permits.push(Returned { id, permit_use });
        }
        self.permits.extend(request.returned);
        if !self.permits.is_empty() {
            self.flush_at.get_or_insert(now);
        }
    }

    /// Forgets permits that have come back in the meantime.
    pub(super) fn forget_old(
        &mut self,
        return_time: Duration,
        attempt_time: Duration,
        now: Instant,
    ) {
        self.permits.retain(|returned| {
            let is_recent = |time| now.saturating_duration_since(time) < return_time;
            match returned.permit_use {
                PermitUse::Started(time) => now.saturating_duration_since(time) < attempt_time,
                PermitUse::Ended(time) | PermitUse::Unused(time) => is_recent(time),
            }
        });
        if self.permits.is_empty() {
            self.flush_at = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{MAX_FLUSH_DELAY, ReturnedPermits};
    use crate::rate_limit::redis::script::{PermitUse, Returned};

    #[test]
    fn a_call_without_a_permit_is_reported_at_once_and_ends_later() {
        let (mut permits, now) = (ReturnedPermits::default(), Instant::now());
        for (permit_use, flush_at) in [
            (PermitUse::Ended(now), now + MAX_FLUSH_DELAY),
            (PermitUse::Started(now), now),
            (PermitUse::Ended(now), now),
        ] {
            let id = "id".to_owned();
            permits.push(Returned { id, permit_use }, Duration::from_secs(10), now);
            assert_eq!(permits.flush_at(), Some(flush_at), "{permit_use:?}");
        }
        assert_eq!((permits.uncounted(), permits.take().len()), (1, 3));
        assert_eq!(permits.flush_at(), None);
    }
}
