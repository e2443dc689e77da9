//! How long Redis took to respond lately, which tells a slow server or machine from one that does not respond at all.

use std::time::Duration;

use tokio::time::Instant;

/// A slow response counts for this time, and at most for twice as long.
const MEMORY: Duration = Duration::from_secs(5);
/// The next response may take this many times as long as the slowest.
const TOLERANCE: u32 = 2;

/// The slowest response of the current interval, and of the one before it.
#[derive(Debug, Default)]
pub(super) struct ResponseTimes {
    began: Option<Instant>,
    current: Duration,
    before: Duration,
}

impl ResponseTimes {
    pub(super) fn record(&mut self, time: Duration, now: Instant) {
        self.forget_old(now);
        self.current = self.current.max(time);
    }

    /// How long a response may take before Redis seems not to respond.
    pub(super) fn longest_expected(&mut self, now: Instant) -> Duration {
        self.forget_old(now);
        self.current.max(self.before).saturating_mul(TOLERANCE)
    }

    fn forget_old(&mut self, now: Instant) {
        let age = now.saturating_duration_since(*self.began.get_or_insert(now));
        if age < MEMORY {
            return;
        }
        self.before = match age < 2 * MEMORY {
            true => self.current,
            false => Duration::ZERO,
        };
        self.current = Duration::ZERO;
        self.began = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{MEMORY, ResponseTimes, TOLERANCE};

    const SLOW: Duration = Duration::from_millis(20);

    #[test]
    fn the_slowest_recent_response_decides() {
        let (mut times, start) = (ResponseTimes::default(), Instant::now());
        assert_eq!(times.longest_expected(start), Duration::ZERO);
        for time in [SLOW / 2, SLOW, SLOW / 4] {
            times.record(time, start);
        }
        assert_eq!(times.longest_expected(start), TOLERANCE * SLOW);
    }

    #[test]
    fn a_slow_response_is_forgotten_after_a_while() {
        let (mut times, start) = (ResponseTimes::default(), Instant::now());
        times.record(SLOW, start);
        times.record(SLOW / 4, start + MEMORY);
        assert_eq!(times.longest_expected(start + MEMORY), TOLERANCE * SLOW);
        let later = start + 2 * MEMORY;
        assert_eq!(times.longest_expected(later), TOLERANCE * SLOW / 4);
        let later = start + 5 * MEMORY;
        assert_eq!(times.longest_expected(later), Duration::ZERO);
    }
}
