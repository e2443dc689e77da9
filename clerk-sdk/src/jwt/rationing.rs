//! How often the unknown may be asked for.

use std::time::{Duration, SystemTime};

/// How many may come at once.
const BURST: u32 = 4;
/// How long until there is one more.
const REFILL: Duration = Duration::from_secs(15);

/// Grants a few at once, and then one at a time.
pub(super) struct Ration {
    left: u32,
    /// From when the next refill counts.
    since: Option<SystemTime>,
}

impl Default for Ration {
    fn default() -> Self {
        Self {
            left: BURST,
            since: None,
        }
    }
}

impl Ration {
    /// Takes one, if there is one.
    pub(super) fn take(&mut self, now: SystemTime) -> bool {
        self.refill(now);
        let is_granted = self.left > 0;
        self.left = self.left.saturating_sub(1);
        is_granted
    }

    fn refill(&mut self, now: SystemTime) {
        let since = *self.since.get_or_insert(now);
        let Ok(passed) = now.duration_since(since) else {
            // The clock was set back; it counts from there.
            self.since = Some(now);
            return;
        };
        let refills = passed.as_nanos() / REFILL.as_nanos();
        let refills = u32::try_from(refills).unwrap_or(u32::MAX);
        match self.left.saturating_add(refills) {
            left if left >= BURST => (self.left, self.since) = (BURST, Some(now)),
            left => (self.left, self.since) = (left, Some(since + REFILL * refills)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_are_granted_at_once_and_then_one_each_time_that_it_is_due() {
        let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        let mut ration = Ration::default();
        let mut granted = |seconds: u64| {
            let now = start + Duration::from_secs(seconds);
            (0..10).filter(|_| ration.take(now)).count()
        };
        assert_eq!(granted(0), 4);
        assert_eq!(granted(14), 0);
        assert_eq!(granted(15), 1);
        assert_eq!(granted(29), 0);
        assert_eq!(granted(45), 2);
        assert_eq!(granted(10_000), 4);
        assert_eq!(granted(9_000), 0, "a clock that goes back grants nothing");
        assert_eq!(granted(9_015), 1);
    }
}
