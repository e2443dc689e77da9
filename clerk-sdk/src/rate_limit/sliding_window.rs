//! A sliding-window log: the times of all calls of the last period, and the times reserved for later calls.
//!
//! A token bucket would either allow twice the limit in the first period or have to start partly empty. The API
//! counts the calls in a period, so the log keeps the time of each.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// The times at which calls were sent, or are reserved to be sent, in order.
pub(super) struct SlidingWindow {
    period: Duration,
    reservations: VecDeque<Instant>,
}

impl SlidingWindow {
    pub(super) fn new(period: Duration) -> Self {
        Self {
            period,
            reservations: VecDeque::new(),
        }
    }

    /// Removes the calls that were sent a period ago or earlier.
    pub(super) fn remove_expired(&mut self, now: Instant) {
        while let Some(first) = self.reservations.front()
            && now.saturating_duration_since(*first) >= self.period
        {
            self.reservations.pop_front();
        }
    }

    /// The earliest time for a new call if at most `max_calls`, which is at least one, are allowed in any period.
    ///
    /// If `max_calls` reservations lie within one period, there is no room for another that is less than a period
    /// away from both the first and the last of them. Everywhere else there is room, including gaps between
    /// existing reservations. These full runs are in order, so one pass over them is enough.
    pub(super) fn next_free(&self, now: Instant, max_calls: usize) -> Instant {
        let mut free = now;
        let firsts = self.reservations.iter();
        let lasts = self.reservations.iter().skip(max_calls - 1);
        for (first, last) in firsts.zip(lasts) {
            let is_full = *last - *first < self.period;
            if is_full && *last < free + self.period && free < *first + self.period {
                free = *first + self.period;
            }
        }
        free
    }

    /// The earliest time for a call whose reservation was due and has just been released. Only reservations up to
    /// `now` count: the later ones belong to calls that have to wait for this one.
    pub(super) fn next_free_when_due(&self, now: Instant, max_calls: usize) -> Instant {
        let sent = self.reservations.partition_point(|at| *at <= now);
        let first_of_run = sent.checked_sub(max_calls);
        first_of_run.map_or(now, |index| now.max(self.reservations[index] + self.period))
    }

    pub(super) fn reserve(&mut self, at: Instant) {
        let index = self.reservations.partition_point(|other| *other <= at);
        self.reservations.insert(index, at);
    }

    /// Releases a reservation, unless it has been removed as expired.
    pub(super) fn release(&mut self, at: Instant) {
        if let Ok(index) = self.reservations.binary_search(&at) {
            self.reservations.remove(index);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.reservations.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::SlidingWindow;

    const PERIOD: Duration = Duration::from_secs(10);

    /// A window with reservations at these seconds after a start, and the start.
    fn window(seconds: &[u64]) -> (SlidingWindow, Instant) {
        let start = Instant::now();
        let mut window = SlidingWindow::new(PERIOD);
        for second in seconds {
            window.reserve(start + Duration::from_secs(*second));
        }
        (window, start)
    }

    /// The earliest second for a new call at second `now`.
    fn next_free(seconds: &[u64], now: u64, max_calls: usize) -> u64 {
        let (window, start) = window(seconds);
        let free = window.next_free(start + Duration::from_secs(now), max_calls);
        (free - start).as_secs()
    }

    #[test]
    fn calls_up_to_the_limit_do_not_wait() {
        assert_eq!(next_free(&[], 3, 2), 3);
        assert_eq!(next_free(&[0], 3, 2), 3);
        assert_eq!(next_free(&[0, 1], 3, 2), 10);
        assert_eq!(next_free(&[0, 1, 10], 3, 2), 11);
    }

    #[test]
    fn a_call_waits_for_a_whole_period_and_no_longer() {
        assert_eq!(next_free(&[0], 9, 1), 10);
        assert_eq!(next_free(&[0], 10, 1), 10);
        assert_eq!(next_free(&[0], 11, 1), 11);
    }

    #[test]
    fn a_gap_is_used_only_if_a_whole_period_fits_on_both_sides() {
        assert_eq!(next_free(&[0, 20], 5, 1), 10);
        assert_eq!(next_free(&[0, 19], 5, 1), 29);
        assert_eq!(next_free(&[0, 4, 14, 20], 6, 2), 10);
    }

    #[test]
    fn a_reservation_in_a_gap_counts_like_any_other() {
        let (mut window, start) = window(&[0, 20]);
        window.reserve(start + PERIOD);
        let now = start + Duration::from_secs(5);
        assert_eq!(window.next_free(now, 1), start + 3 * PERIOD);
    }

    #[test]
    fn a_released_reservation_is_free_again() {
        let (mut window, start) = window(&[0, 10, 20]);
        let now = start + Duration::from_secs(1);
        window.release(start + PERIOD);
        assert_eq!(window.next_free(now, 1), start + PERIOD);
        // Nobody has this reservation, so nothing changes.
        window.release(start + Duration::from_secs(5));
        assert_eq!(window.next_free(now, 1), start + PERIOD);
    }

    #[test]
    fn a_late_call_delays_those_that_wait() {
        let (mut window, start) = window(&[0, 10, 20]);
        let [late, next] = [19, 20].map(|second| start + Duration::from_secs(second));
        window.release(start + Duration::from_secs(10));
        assert_eq!(window.next_free_when_due(late, 1), late);
        window.reserve(late);
        window.release(start + Duration::from_secs(20));
        assert_eq!(window.next_free_when_due(next, 1), late + PERIOD);
    }

    #[test]
    fn calls_that_wait_do_not_delay_the_one_before_them() {
        let (mut window, start) = window(&[0, 10, 20, 30]);
        let now = start + Duration::from_secs(12);
        window.release(start + Duration::from_secs(10));
        assert_eq!(window.next_free_when_due(now, 1), now);
    }

    #[test]
    fn a_call_expires_after_a_period() {
        let (mut window, start) = window(&[0, 1]);
        window.remove_expired(start + Duration::from_millis(9_999));
        assert_eq!(window.reservations.len(), 2);
        window.remove_expired(start + PERIOD);
        assert_eq!(window.reservations, [start + Duration::from_secs(1)]);
        window.remove_expired(start + Duration::from_secs(11));
        assert!(window.is_empty());
    }

    /// Calls come at irregular times, and every third of those that have to wait is given up.
    #[test]
    fn no_period_has_more_than_the_limit_wherever_it_begins() {
        for max_calls in 1..6 {
            let (mut window, start) = window(&[]);
            let (mut now, mut sent) = (start, Vec::new());
            for number in 0_u64..300 {
                now += Duration::from_millis(number * number * 7_919 % 4_001);
                window.remove_expired(now);
                let at = window.next_free(now, max_calls);
                window.reserve(at);
                if at > now && number % 3 == 0 {
                    window.release(at);
                } else {
                    sent.push(at);
                }
            }
            sent.sort();
            for run in sent.windows(max_calls + 1) {
                assert!(run[max_calls] - run[0] >= PERIOD, "{max_calls}");
            }
        }
    }
}
