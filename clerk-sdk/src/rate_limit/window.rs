//! The calls of the last period.
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

    /// The earliest time for another call, where a period may have so many.
    ///
    /// It is a period after the call that is `calls` from the end, so no period that holds the new one has more,
    /// even where calls are still to come.
    pub(super) fn next(&self, now: Instant, calls: usize) -> Instant {
        let place = self.turns.len().checked_sub(calls);
        let before = place.map(|place| self.turns[place]);
        before.map_or(now, |before| now.max(before + self.period))
    }

    pub(super) fn take(&mut self, turn: Instant) {
        let place = self.turns.partition_point(|other| *other <= turn);
        self.turns.insert(place, turn);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.turns.is_empty()
    }
}
