//! The permit of one call: its reservations in the sliding windows that count it.

use std::mem;

use tokio::time::Instant;

use super::cooldown::BlockedRoute;
use super::limiter_state::{LimiterState, SharedState};
use super::rule::Quota;

/// A permit that a call waits for. If it is dropped before the call is sent, its reservations are released.
pub(super) struct Permit<'a> {
    state: &'a SharedState,
    route: BlockedRoute,
    quotas: Vec<Quota>,
    /// The reserved times, one for each of the first quotas.
    reserved: Vec<Instant>,
}

impl<'a> Permit<'a> {
    pub(super) fn new(state: &'a SharedState, route: BlockedRoute, quotas: Vec<Quota>) -> Self {
        Self {
            state,
            route,
            quotas,
            reserved: Vec::new(),
        }
    }

    /// Reserves the permit, if the call may be sent now.
    ///
    /// The quotas are reserved one after the other, up to the first that has no capacity now: a blocked route reserves
    /// nothing, and a call that waits for the limit of its own route takes no capacity from the limit of all routes.
    /// If the permit was reserved before, only calls scheduled ahead of it count: if they were sent late, those behind
    /// them have to try again too.
    ///
    /// # Errors
    ///
    /// Returns the time at which to try again.
    pub(super) fn reserve(&mut self) -> Result<(), Instant> {
        let state = self.state;
        let mut state = state.lock();
        self.reserve_at(Instant::now(), &mut state)
    }

    fn reserve_at(&mut self, now: Instant, state: &mut LimiterState) -> Result<(), Instant> {
        state.prune(now);
        let released = self.release(state);
        if let Some(end) = state.cooldowns.end(&self.route, now) {
            return Err(end);
        }
        for (index, quota) in self.quotas.iter().enumerate() {
            let window = state.window(quota, now);
            let at = match index < released {
                true => window.next_free_when_due(now, quota.max_calls),
                false => window.next_free(now, quota.max_calls),
            };
            window.reserve(at);
            self.reserved.push(at);
            if at > now {
                return Err(at);
            }
        }
        Ok(())
    }

    /// Keeps the reservations: the call is sent.
    pub(super) fn consume(mut self) {
        self.reserved.clear();
    }

    /// Releases all reservations, and returns how many there were.
    fn release(&mut self, state: &mut LimiterState) -> usize {
        let reserved = mem::take(&mut self.reserved);
        for (quota, at) in self.quotas.iter().zip(&reserved) {
            state.release(&quota.window, *at);
        }
        reserved.len()
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if !self.reserved.is_empty() {
            let state = self.state;
            self.release(&mut state.lock());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::Method;
    use tokio::time::Instant;

    use super::Permit;
    use crate::rate_limit::cooldown::BlockedRoute;
    use crate::rate_limit::limiter_state::SharedState;
    use crate::rate_limit::rule::{Quota, WindowKey};

    const PERIOD: Duration = Duration::from_secs(10);
    const SECOND: Duration = Duration::from_secs(1);

    fn route() -> BlockedRoute {
        BlockedRoute {
            method: Method::GET,
            template: "/users".into(),
            path: String::new(),
            key_hash: 1,
        }
    }

    /// One call in a period, in the window of this rule.
    fn quota(rule: usize) -> Quota {
        let path = String::new();
        Quota {
            window: WindowKey { rule, path },
            period: PERIOD,
            max_calls: 1,
        }
    }

    fn permit<'a>(state: &'a SharedState, rules: &[usize]) -> Permit<'a> {
        let quotas = rules.iter().copied().map(quota);
        Permit::new(state, route(), quotas.collect())
    }

    fn reserve(permit: &mut Permit<'_>, now: Instant) -> Result<(), Instant> {
        permit.reserve_at(now, &mut permit.state.lock())
    }

    #[test]
    fn a_consumed_permit_keeps_its_reservation() {
        let (state, start) = (SharedState::default(), Instant::now());
        let mut sent = permit(&state, &[0]);
        assert_eq!(reserve(&mut sent, start), Ok(()));
        sent.consume();
        let mut next = permit(&state, &[0]);
        assert_eq!(reserve(&mut next, start), Err(start + PERIOD));
    }

    #[test]
    fn a_dropped_permit_releases_all_its_reservations() {
        let (state, start) = (SharedState::default(), Instant::now());
        let mut dropped = permit(&state, &[0, 1]);
        assert_eq!(reserve(&mut dropped, start), Ok(()));
        let mut waiting = permit(&state, &[0]);
        assert_eq!(reserve(&mut waiting, start), Err(start + PERIOD));
        drop(dropped);
        drop(waiting);
        for rule in [0, 1] {
            assert_eq!(reserve(&mut permit(&state, &[rule]), start), Ok(()));
        }
    }

    #[test]
    fn a_late_permit_delays_those_behind_it() {
        let (state, start) = (SharedState::default(), Instant::now());
        let mut sent = permit(&state, &[0]);
        assert_eq!(reserve(&mut sent, start), Ok(()));
        sent.consume();
        let [mut first, mut second] = [permit(&state, &[0]), permit(&state, &[0])];
        assert_eq!(reserve(&mut first, start), Err(start + PERIOD));
        assert_eq!(reserve(&mut second, start), Err(start + 2 * PERIOD));
        // The first is late, so the second has to wait for a period after it.
        let late = start + PERIOD + 4 * SECOND;
        assert_eq!(reserve(&mut first, late), Ok(()));
        first.consume();
        assert_eq!(reserve(&mut second, start + 2 * PERIOD), Err(late + PERIOD));
        assert_eq!(reserve(&mut second, late + PERIOD), Ok(()));
    }

    #[test]
    fn a_permit_that_waits_for_one_quota_takes_nothing_of_the_next() {
        let (state, start) = (SharedState::default(), Instant::now());
        let mut sent = permit(&state, &[0]);
        assert_eq!(reserve(&mut sent, start), Ok(()));
        sent.consume();
        let mut waiting = permit(&state, &[0, 1]);
        assert_eq!(reserve(&mut waiting, start), Err(start + PERIOD));
        assert_eq!(reserve(&mut permit(&state, &[1]), start), Ok(()));
    }

    #[test]
    fn a_blocked_route_reserves_nothing_and_gives_back_what_it_had() {
        let (state, start) = (SharedState::default(), Instant::now());
        let mut blocked = permit(&state, &[0]);
        assert_eq!(reserve(&mut blocked, start), Ok(()));
        let retry_after = Some(3 * SECOND);
        state.lock().cooldowns.start(route(), retry_after, start);
        assert_eq!(reserve(&mut blocked, start), Err(start + 3 * SECOND));

        let mut other = Permit::new(
            &state,
            BlockedRoute {
                key_hash: 2,
                ..route()
            },
            vec![quota(0)],
        );
        assert_eq!(reserve(&mut other, start), Ok(()));
        other.consume();
        assert_eq!(
            reserve(&mut blocked, start + 3 * SECOND),
            Err(start + PERIOD)
        );
    }
}
