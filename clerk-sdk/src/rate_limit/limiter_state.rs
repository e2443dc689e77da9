//! The state that all clones of a rate limit share under one lock: sliding windows and cool-downs.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use super::cooldown::Cooldowns;
use super::rule::{Quota, WindowKey};
use super::sliding_window::SlidingWindow;

#[derive(Default)]
pub(super) struct LimiterState {
    windows: HashMap<WindowKey, SlidingWindow>,
    pub(super) cooldowns: Cooldowns,
    /// How many windows and cool-downs there may be before the expired ones are removed.
    prune_above: usize,
}

const MIN_PRUNE_ABOVE: usize = 1024;

impl LimiterState {
    pub(super) fn window(&mut self, quota: &Quota, now: Instant) -> &mut SlidingWindow {
        let window = self.windows.entry(quota.window.clone());
        let window = window.or_insert_with(|| SlidingWindow::new(quota.period));
        window.remove_expired(now);
        window
    }

    pub(super) fn release(&mut self, window: &WindowKey, at: Instant) {
        if let Some(window) = self.windows.get_mut(window) {
            window.release(at);
        }
    }

    /// Removes expired windows and cool-downs if there are many: each user of an instance may have a window.
    pub(super) fn prune(&mut self, now: Instant) {
        if self.len() <= self.prune_above.max(MIN_PRUNE_ABOVE) {
            return;
        }
        self.cooldowns.remove_expired(now);
        self.windows.retain(|_, window| {
            window.remove_expired(now);
            !window.is_empty()
        });
        self.prune_above = 2 * self.len();
    }

    fn len(&self) -> usize {
        self.windows.len() + self.cooldowns.len()
    }
}

/// The state behind its lock.
#[derive(Default)]
pub(super) struct SharedState(Mutex<LimiterState>);

impl SharedState {
    pub(super) fn lock(&self) -> MutexGuard<'_, LimiterState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{LimiterState, MIN_PRUNE_ABOVE};
    use crate::rate_limit::rule::{Quota, WindowKey};

    const PERIOD: Duration = Duration::from_secs(10);

    #[test]
    fn pruning_removes_the_windows_of_the_past_and_no_others() {
        let (mut state, start) = (LimiterState::default(), Instant::now());
        let quota = |user: usize| Quota {
            window: WindowKey {
                rule: 0,
                path: format!("/users/{user}"),
            },
            period: PERIOD,
            max_calls: 1,
        };
        for user in 0..MIN_PRUNE_ABOVE {
            state.window(&quota(user), start).reserve(start);
        }
        let later = start + PERIOD;
        state.prune(later);
        assert_eq!(state.windows.len(), MIN_PRUNE_ABOVE, "not many yet");

        let waiting = quota(MIN_PRUNE_ABOVE);
        state.window(&waiting, start).reserve(later + PERIOD);
        state.prune(later);
        assert_eq!(state.windows.keys().collect::<Vec<_>>(), [&waiting.window]);
    }
}
