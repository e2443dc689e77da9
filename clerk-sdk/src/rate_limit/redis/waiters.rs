//! The calls of a queue that wait for permits, in order.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::permit::Permit;
use super::waiter::{Decision, Waiter};

#[derive(Default)]
pub(super) struct Waiters(VecDeque<Waiter>);

impl Waiters {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn push(&mut self, waiter: Waiter) {
        self.0.push_back(waiter);
    }

    /// Forgets the calls that were dropped.
    pub(super) fn forget_dropped(&mut self) {
        self.0.retain(|waiter| !waiter.decide.is_closed());
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// The longest time that a call waits.
    pub(super) fn longest_wait(&self, now: Instant) -> Duration {
        let wait = |waiter: &Waiter| {
            let deadline = waiter.deadline;
            deadline.map_or(Duration::MAX, |it| it.saturating_duration_since(now))
        };
        self.0.iter().map(wait).max().unwrap_or_default()
    }

    /// When the first call wants to know that Redis has not responded.
    pub(super) fn first_delay(&self) -> Option<Instant> {
        self.0.iter().filter_map(|waiter| waiter.delayed_at).min()
    }

    /// Changes when calls want to know that Redis has not responded.
    pub(super) fn change_delays(&mut self, change: impl Fn(Instant) -> Instant) {
        for waiter in &mut self.0 {
            waiter.delayed_at = waiter.delayed_at.map(&change);
        }
    }

    /// Tells calls that want to know it by now that Redis has not responded, `count` of them at most. Returns how many.
    pub(super) fn tell_delayed(&mut self, count: usize, now: Instant) -> usize {
        let mut told = 0;
        let is_told = |waiter: &Waiter| {
            let is_told = told < count && waiter.delayed_at.is_some_and(|at| at <= now);
            told += usize::from(is_told);
            is_told
        };
        self.tell_if(is_told, || Decision::Delayed);
        told
    }

    /// Tells all calls the same.
    pub(super) fn tell_all(&mut self, decision: impl Fn() -> Decision) {
        for waiter in self.0.drain(..) {
            waiter.tell(decision());
        }
    }

    /// Tells the calls the same for which `is_told` holds. The others keep their order.
    pub(super) fn tell_if(
        &mut self,
        mut is_told: impl FnMut(&Waiter) -> bool,
        decision: impl Fn() -> Decision,
    ) {
        for _ in 0..self.0.len() {
            match self.0.pop_front() {
                Some(waiter) if is_told(&waiter) => waiter.tell(decision()),
                Some(waiter) => self.0.push_back(waiter),
                None => break,
            }
        }
    }

    /// Gives a permit to the first call that is still there when it is free. Returns it if there is none.
    pub(super) fn hand_over(
        &mut self,
        mut permit: Permit,
        is_low_priority: bool,
    ) -> Option<Permit> {
        while let Some(waiter) = self.0.pop_front() {
            if !is_low_priority && waiter.gives_up_before(permit.start) {
                waiter.tell(Decision::Exceeded);
                continue;
            }
            permit.count_in(&waiter.own_share);
            match waiter.decide.send(Decision::Granted(permit)) {
                Err(Decision::Granted(unwanted)) => permit = unwanted,
                _ => return None,
            }
        }
        Some(permit)
    }
}
