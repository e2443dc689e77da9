//! When the calls of a queue do without Redis, because it does not respond, and how many of them.

use std::time::Duration;

use tokio::time::Instant;

use super::waiters::Waiters;

/// A response is overdue after this many times the time that calls wait for it if permits are free.
const OVERDUE_FACTOR: u32 = 4;
/// The least time over which it is measured how fast permits are taken.
const MIN_INTERVAL: Duration = Duration::from_millis(100);
/// While the limit is used up, calls ask for permits ahead of time, so a response may take as long, but not longer than
/// this.
const MAX_AHEAD: Duration = Duration::from_millis(100);

pub(super) struct Delays {
    /// The lowest limit of the calls.
    limit: usize,
    processes: usize,
    /// When the response to the present request is overdue.
    overdue_at: Option<Instant>,
    is_overdue: bool,
    /// How many permits were free, and when that was known.
    free: usize,
    free_at: Option<Instant>,
    /// How many calls may do without a response that is not overdue, so that all processes together do not exceed the
    /// limit if Redis is only slow.
    may_do_without: usize,
}

impl Delays {
    pub(super) fn new(limit: usize, processes: usize) -> Self {
        Self {
            limit,
            processes,
            overdue_at: None,
            is_overdue: false,
            free: limit,
            free_at: None,
            may_do_without: 0,
        }
    }

    /// Whether the response to the present request is overdue: calls need not wait for it.
    pub(super) fn is_overdue(&self) -> bool {
        self.is_overdue
    }

    /// Records how many permits Redis has left. If fewer than half are, or if they are taken so fast that they do not
    /// last for a second, others may take them before the next response.
    pub(super) fn set_free(&mut self, free: usize, now: Instant) {
        let interval = self.free_at.map(|at| now.saturating_duration_since(at));
        let interval = interval.unwrap_or_default().max(MIN_INTERVAL);
        let taken_per_second = self.free.saturating_sub(free) as f64 / interval.as_secs_f64();
        let is_ample = free > self.limit / 2 && free as f64 >= taken_per_second;
        self.may_do_without = if is_ample { free / self.processes } else { 0 };
        (self.free, self.free_at) = (free, Some(now));
    }

    /// Records that there is no connection yet: calls that this delays may use the share of this process.
    pub(super) fn set_unconnected(&mut self) {
        self.may_do_without = (self.limit / self.processes).max(1);
    }

    /// Records that a request is sent, whose response calls await for `wait` if permits are free. Responses took up to
    /// `expected` lately. The request asks for permits that come back within `ahead`.
    pub(super) fn begin_request(
        &mut self,
        wait: Duration,
        expected: Duration,
        ahead: Duration,
        waiters: &mut Waiters,
        now: Instant,
    ) {
        // Calls that wait because the limit was used up are not delayed by Redis.
        let delayed_at = now.checked_add(wait).unwrap_or(now);
        waiters.change_delays(|at| if at <= now { delayed_at } else { at });
        let longest = expected.max(wait).saturating_mul(OVERDUE_FACTOR);
        self.overdue_at = now.checked_add(longest.max(ahead.min(MAX_AHEAD)));
    }

    /// Records that Redis has responded, or is known not to.
    pub(super) fn end_request(&mut self) {
        (self.overdue_at, self.is_overdue) = (None, false);
    }

    /// When calls have to be told that Redis has not responded.
    pub(super) fn next(&self, waiters: &Waiters) -> Option<Instant> {
        let is_told = self.is_overdue || self.may_do_without > 0;
        let first = is_told.then(|| waiters.first_delay()).flatten();
        first.into_iter().chain(self.overdue_at).min()
    }

    /// Tells calls that Redis has not responded. If few permits may be left, they wait until the response is overdue.
    pub(super) fn tell(&mut self, waiters: &mut Waiters, now: Instant) {
        if self.overdue_at.is_some_and(|at| at <= now) {
            (self.overdue_at, self.is_overdue) = (None, true);
        }
        if self.is_overdue {
            waiters.tell_delayed(usize::MAX, now);
        } else {
            self.may_do_without -= waiters.tell_delayed(self.may_do_without, now);
        }
    }

    /// Gives Redis more time to respond, because this process was not running meanwhile.
    pub(super) fn postpone(&mut self, waiters: &mut Waiters, time: Duration) {
        let later = |at: Instant| at.checked_add(time).unwrap_or(at);
        waiters.change_delays(later);
        self.overdue_at = self.overdue_at.map(later);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::sync::oneshot::{self, Receiver};
    use tokio::time::Instant;

    use super::{Delays, OVERDUE_FACTOR};
    use crate::rate_limit::redis::waiter::{Decision, Waiter};
    use crate::rate_limit::redis::waiters::Waiters;

    const WAIT: Duration = Duration::from_millis(4);
    const OVERDUE: Duration = Duration::from_millis(4 * OVERDUE_FACTOR as u64);
    const LIMIT: usize = 100;
    const PROCESSES: usize = 20;

    /// Ten calls that have asked for permits at `start`, and what they are told.
    struct Calls {
        delays: Delays,
        waiters: Waiters,
        decisions: Vec<Receiver<Decision>>,
        start: Instant,
    }

    impl Calls {
        fn new(free: Option<usize>) -> Self {
            let (mut delays, mut waiters) = (Delays::new(LIMIT, PROCESSES), Waiters::default());
            let start = Instant::now();
            if let Some(free) = free {
                delays.set_free(free, start);
            }
            let mut decisions = Vec::new();
            for _ in 0..10 {
                let (decide, decision) = oneshot::channel();
                waiters.push(Waiter {
                    deadline: None,
                    delayed_at: Some(start + WAIT),
                    own_share: Vec::new(),
                    decide,
                });
                decisions.push(decision);
            }
            delays.begin_request(WAIT, Duration::ZERO, Duration::ZERO, &mut waiters, start);
            Self {
                delays,
                waiters,
                decisions,
                start,
            }
        }

        /// How many of the calls know by a time after the start that they are delayed.
        fn told(&mut self, after: Duration) -> usize {
            self.delays.tell(&mut self.waiters, self.start + after);
            let decisions = self.decisions.iter_mut();
            let told = decisions.filter(|it| !it.is_empty());
            told.count()
        }
    }

    #[test]
    fn if_many_permits_are_free_a_share_of_them_is_used_soon_and_others_when_the_response_is_overdue()
     {
        let mut calls = Calls::new(Some(95));
        assert_eq!(
            calls.delays.next(&calls.waiters),
            Some(calls.start + WAIT),
            "then calls are told"
        );
        let moment = Duration::from_nanos(1);
        assert_eq!(calls.told(WAIT - moment), 0);
        assert_eq!(calls.told(WAIT), 95 / PROCESSES);
        assert_eq!(calls.told(OVERDUE - moment), 95 / PROCESSES);
        assert_eq!(calls.told(OVERDUE), 10);
        assert!(calls.delays.is_overdue());
        calls.delays.end_request();
        assert!(!calls.delays.is_overdue());
    }

    #[test]
    fn if_few_permits_may_be_free_calls_wait_until_the_response_is_overdue() {
        for free in [None, Some(LIMIT / 2), Some(0)] {
            let mut calls = Calls::new(free);
            let next = calls.delays.next(&calls.waiters);
            assert_eq!(next, Some(calls.start + OVERDUE), "{free:?}");
            assert_eq!(calls.told(OVERDUE - Duration::from_nanos(1)), 0, "{free:?}");
            assert_eq!(calls.told(OVERDUE), 10, "{free:?}");
        }
    }

    #[test]
    fn permits_that_are_taken_fast_are_no_reason_to_do_without_a_response() {
        let (mut delays, start) = (Delays::new(LIMIT, PROCESSES), Instant::now());
        for (free, after, may_do_without) in [
            (80, 0, 0),
            (79, 100, 3),
            (60, 300, 0),
            (60, 400, 3),
            (50, 900, 0),
        ] {
            delays.set_free(free, start + Duration::from_millis(after));
            assert_eq!(delays.may_do_without, may_do_without, "after {after} ms");
        }
    }

    #[test]
    fn a_process_that_was_not_running_gives_redis_more_time() {
        let mut calls = Calls::new(Some(95));
        calls.delays.postpone(&mut calls.waiters, 10 * WAIT);
        assert_eq!(calls.told(10 * WAIT), 0);
        assert_eq!(calls.told(11 * WAIT), 95 / PROCESSES);
        assert_eq!(calls.told(10 * WAIT + OVERDUE), 10);
    }

    #[test]
    fn a_response_may_take_as_long_as_others_and_as_permits_are_granted_ahead_of_time() {
        let (mut delays, mut waiters) = (Delays::new(LIMIT, PROCESSES), Waiters::default());
        let start = Instant::now();
        for (expected, ahead, overdue) in
            [(0, 50, 50), (0, 1, 16), (0, 36_000, 100), (30, 36_000, 120)]
        {
            let [expected, ahead, overdue] = [expected, ahead, overdue].map(Duration::from_millis);
            delays.begin_request(WAIT, expected, ahead, &mut waiters, start);
            assert_eq!(delays.next(&waiters), Some(start + overdue));
        }
    }
}
