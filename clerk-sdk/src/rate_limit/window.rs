//! The calls of the last period, and those to come.
//!
//! A token bucket would let through twice the limit in the first period, or only a part of it at once: what the
//! API counts is calls in a period, so those are kept.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// When calls went out or will, in order.
pub(super) struct Window {
    period: Duration,
    turns: VecDeque<Instant>,
}

impl Window {
    pub(super) fn new(period: Duration) -> Self {
        Self {
            period,
            turns: VecDeque::new(),
        }
    }

    /// Drops the calls that are a period old.
    pub(super) fn forget(&mut self, now: Instant) {
        while let Some(first) = self.turns.front()
            && now.saturating_duration_since(*first) >= self.period
        {
            self.turns.pop_front();
        }
    }

    /// The earliest time for a call that is new here, where a period may have so many; at least one.
    ///
    /// So many turns within a period let no other be less than a period from both their first and their last:
    /// wherever that is not so there is a gap, also before turns that are taken already. Those runs come in
    /// order, so one look at each will do.
    pub(super) fn next(&self, now: Instant, calls: usize) -> Instant {
        let mut turn = now;
        for (first, last) in self.turns.iter().zip(self.turns.iter().skip(calls - 1)) {
            let is_full = *last - *first < self.period;
            if is_full && *last < turn + self.period && turn < *first + self.period {
                turn = *first + self.period;
            }
        }
        turn
    }

    /// The earliest time for a call whose turn has come and was given back just now: what is before it counts,
    /// what is still to come has to wait for it.
    pub(super) fn ready(&self, now: Instant, calls: usize) -> Instant {
        let before = self.turns.partition_point(|turn| *turn <= now);
        let full = before.checked_sub(calls).map(|place| self.turns[place]);
        full.map_or(now, |first| now.max(first + self.period))
    }

    pub(super) fn take(&mut self, turn: Instant) {
        let place = self.turns.partition_point(|other| *other <= turn);
        self.turns.insert(place, turn);
    }

    /// Gives a turn back; one that is forgotten is gone already.
    pub(super) fn give_back(&mut self, turn: Instant) {
        if let Ok(place) = self.turns.binary_search(&turn) {
            self.turns.remove(place);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.turns.is_empty()
    }
}
