//! The permits of a window: how many are in use, and when the others come back.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// How long a permit stays free although calls wait for it, before it is clear that the call whose turn it is does not
/// make progress.
pub(super) const STALLED_AFTER: Duration = Duration::from_secs(1);

/// The bounds of the margin: timers have a resolution of a millisecond, and the margin must not cost throughput.
const MIN_MARGIN: Duration = Duration::from_millis(1);
const MAX_MARGIN: Duration = Duration::from_millis(100);

/// The margin of a period, in which a request that the client has cancelled may still arrive.
pub(super) fn margin(period: Duration) -> Duration {
    (period / 100).clamp(MIN_MARGIN, MAX_MARGIN)
}

/// The permits of a window. Each is free, in use, or on its way back.
pub(super) struct Permits {
    /// At least one.
    max_calls: usize,
    /// How long a permit is on its way back after it was used: the period, and a margin in which a request that the
    /// client has cancelled may still arrive.
    return_time: Duration,
    in_use: usize,
    /// When used permits come back, in order. The first ones may be in the past: these permits are free.
    returns: VecDeque<Instant>,
}

impl Permits {
    pub(super) fn new(max_calls: usize, period: Duration) -> Self {
        Self {
            max_calls,
            return_time: period + margin(period),
            in_use: 0,
            returns: VecDeque::new(),
        }
    }

    pub(super) fn max_calls(&self) -> usize {
        self.max_calls
    }

    /// Takes a permit if one is free, and returns whether it is.
    pub(super) fn take(&mut self, now: Instant) -> bool {
        self.take_if_free_for(Duration::ZERO, now)
    }

    /// Takes a permit if one is free that nobody has taken for some time, and returns whether it is.
    pub(super) fn take_stalled(&mut self, now: Instant) -> bool {
        self.take_if_free_for(STALLED_AFTER, now)
    }

    fn take_if_free_for(&mut self, time: Duration, now: Instant) -> bool {
        // Without their times, so that an earlier peak does not keep its memory.
        while self.is_first_back_for(STALLED_AFTER, now) {
            self.returns.pop_front();
        }
        // Permits that were taken although none was free come back without becoming free.
        while self.excess() > 0 && self.is_first_back_for(Duration::ZERO, now) {
            self.returns.pop_front();
        }
        if self.excess() > 0 {
            return false;
        }
        let is_free = self.idle() > 0 || self.is_first_back_for(time, now);
        if is_free {
            if self.idle() == 0 {
                self.returns.pop_front();
            }
            self.in_use += 1;
        }
        is_free
    }

    /// Takes a permit even if none is free, for a call that another limit has permitted.
    #[cfg(feature = "redis")]
    pub(super) fn take_regardless(&mut self, now: Instant) {
        if !self.take(now) {
            self.in_use += 1;
        }
    }

    fn is_first_back_for(&self, time: Duration, now: Instant) -> bool {
        let first = self.returns.front();
        first.is_some_and(|at| *at <= now && now - *at >= time)
    }

    /// How many permits are free and have no time at which they came back.
    fn idle(&self) -> usize {
        self.max_calls.saturating_sub(self.away())
    }

    /// How many permits were taken although none was free.
    fn excess(&self) -> usize {
        self.away().saturating_sub(self.max_calls)
    }

    /// How many permits are in use or have a time at which they come back.
    fn away(&self) -> usize {
        self.in_use + self.returns.len()
    }

    /// Gives a permit back after the end of the attempt that used it.
    pub(super) fn give_back(&mut self, now: Instant) {
        self.in_use -= 1;
        self.returns.push_back(now + self.return_time);
    }

    /// Gives a permit back that was not used, so that it is free at once.
    pub(super) fn give_back_unused(&mut self) {
        self.in_use -= 1;
    }

    /// How long a call has to wait at least if this many calls are ahead of it.
    ///
    /// The permits are taken in the order in which they come back, and those in use do not come back before the return
    /// time has passed. Every further round takes the return time again.
    pub(super) fn least_wait(&self, ahead: usize, now: Instant) -> Duration {
        let (rounds, index) = (ahead / self.max_calls, ahead % self.max_calls);
        let first_round = match index.checked_sub(self.idle()) {
            None => Duration::ZERO,
            Some(index) => self
                .returns
                .get(index + self.excess())
                .map_or(self.return_time, |at| at.saturating_duration_since(now)),
        };
        let rounds = u32::try_from(rounds).unwrap_or(u32::MAX);
        first_round.saturating_add(self.return_time.saturating_mul(rounds))
    }

    /// Whether every permit is free.
    pub(super) fn are_unused(&self, now: Instant) -> bool {
        self.in_use == 0 && self.returns.back().is_none_or(|last| *last <= now)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{MAX_MARGIN, MIN_MARGIN, Permits, STALLED_AFTER};

    const PERIOD: Duration = Duration::from_secs(10);
    const SECOND: Duration = Duration::from_secs(1);
    /// The time after which a used permit comes back.
    const RETURN_TIME: Duration = Duration::from_millis(10_100);

    /// Permits of which some are in use, and others were given back at these seconds after `start`.
    fn permits(max_calls: usize, in_use: usize, given_back: &[u32], start: Instant) -> Permits {
        let mut permits = Permits::new(max_calls, PERIOD);
        for _ in 0..in_use + given_back.len() {
            assert!(permits.take(start));
        }
        for second in given_back {
            permits.give_back(start + *second * SECOND);
        }
        permits
    }

    #[test]
    fn a_used_permit_comes_back_after_the_period_and_a_margin() {
        let start = Instant::now();
        let mut permits = permits(1, 0, &[3], start);
        let back = start + 3 * SECOND + RETURN_TIME;
        assert!(!permits.take(back - Duration::from_nanos(1)));
        assert!(permits.take(back));
        assert!(!permits.take(back + 100 * PERIOD), "it is in use");
    }

    #[test]
    fn an_unused_permit_comes_back_at_once() {
        let start = Instant::now();
        let mut permits = permits(2, 2, &[], start);
        permits.give_back_unused();
        assert!(permits.take(start));
        assert!(!permits.take(start));
    }

    #[test]
    fn the_margin_is_a_hundredth_of_the_period_within_bounds() {
        for (period, margin) in [
            (Duration::ZERO, MIN_MARGIN),
            (SECOND, SECOND / 100),
            (PERIOD, MAX_MARGIN),
            (3600 * SECOND, MAX_MARGIN),
        ] {
            assert_eq!(Permits::new(1, period).return_time, period + margin);
        }
    }

    #[test]
    fn the_least_wait_follows_the_order_in_which_permits_come_back() {
        let start = Instant::now();
        // One is free, two come back, and two are in use.
        let permits = permits(5, 2, &[1, 4], start);
        let now = start + 5 * SECOND;
        let round = [
            Duration::ZERO,
            RETURN_TIME - 4 * SECOND,
            RETURN_TIME - SECOND,
            RETURN_TIME,
            RETURN_TIME,
        ];
        for ahead in 0..20 {
            let wait = round[ahead % 5] + RETURN_TIME * (ahead as u32 / 5);
            assert_eq!(permits.least_wait(ahead, now), wait, "{ahead}");
        }
        assert_eq!(
            permits.least_wait(0, now + PERIOD),
            Duration::ZERO,
            "one is back"
        );
    }

    #[test]
    fn an_extreme_wait_does_not_overflow() {
        let year = 365 * 24 * 3600 * SECOND;
        let mut permits = Permits::new(1, year);
        assert!(permits.take(Instant::now()));
        assert!(permits.least_wait(usize::MAX, Instant::now()) > 1_000_000 * year);
    }

    #[test]
    fn only_a_permit_that_nobody_takes_is_stalled() {
        let start = Instant::now();
        let mut permits = permits(2, 0, &[0, 1], start);
        let stalled = start + RETURN_TIME + STALLED_AFTER;
        assert!(!permits.take_stalled(stalled - Duration::from_nanos(1)));
        assert!(permits.take_stalled(stalled));
        assert!(
            !permits.take_stalled(stalled),
            "the other has just come back"
        );
        assert!(permits.take(stalled));
    }

    #[test]
    fn permits_are_unused_when_the_last_has_come_back() {
        let start = Instant::now();
        let mut permits = permits(2, 1, &[0], start);
        assert!(!permits.are_unused(start + PERIOD + PERIOD));
        permits.give_back(start + SECOND);
        assert!(!permits.are_unused(start + RETURN_TIME));
        assert!(permits.are_unused(start + SECOND + RETURN_TIME));
    }

    #[cfg(feature = "redis")]
    #[test]
    fn permits_taken_although_none_was_free_are_given_back_first() {
        let start = Instant::now();
        let mut permits = permits(2, 0, &[0, 1], start);
        for _ in 0..2 {
            permits.take_regardless(start + SECOND);
            permits.give_back(start + 2 * SECOND);
        }
        let wait = |permits: &Permits, ahead| permits.least_wait(ahead, start + 2 * SECOND);
        assert_eq!(wait(&permits, 0), RETURN_TIME);
        for second in [0, 1] {
            assert!(!permits.take(start + second * SECOND + RETURN_TIME));
        }
        let later = start + 2 * SECOND + RETURN_TIME;
        assert!(permits.take(later) && permits.take(later));
        assert!(!permits.take(later));
    }
}
