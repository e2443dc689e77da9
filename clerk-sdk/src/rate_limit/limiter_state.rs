//! The state that all clones of a rate limit share: sliding windows and cool-downs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use super::cooldown::Cooldowns;
use super::rule::{Quota, WindowKey};
use super::window::Window;

#[derive(Default)]
pub(super) struct LimiterState {
    windows: HashMap<WindowKey, Arc<Window>>,
    pub(super) cooldowns: Cooldowns,
    /// How many windows and cool-downs there may be before those that are not needed any more are removed.
    prune_above: usize,
}

const MIN_PRUNE_ABOVE: usize = 1024;

impl LimiterState {
    pub(super) fn window(&mut self, quota: Quota) -> Arc<Window> {
        let Quota { window, period } = quota;
        let max_calls = window.max_calls;
        let window = self.windows.entry(window);
        let window = window.or_insert_with(|| Arc::new(Window::new(max_calls, period)));
        window.clone()
    }

    /// Removes unused windows and expired cool-downs if there are many: each user of an instance may have a window.
    pub(super) fn prune(&mut self, now: Instant) {
        if self.len() <= self.prune_above.max(MIN_PRUNE_ABOVE) {
            return;
        }
        self.cooldowns.remove_expired(now);
        // Calls that wait for a window, or hold a permit of it, have an `Arc` of it too.
        self.windows
            .retain(|_, window| Arc::strong_count(window) > 1 || !window.is_unused(now));
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
    use std::sync::Arc;
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{LimiterState, MIN_PRUNE_ABOVE};
    use crate::rate_limit::rule::{Quota, WindowKey};
    use crate::rate_limit::window::{Window, WindowPermit};

    fn window(state: &mut LimiterState, user: usize) -> Arc<Window> {
        state.window(Quota {
            window: WindowKey {
                rule: 0,
                path: format!("/users/{user}"),
                max_calls: 1,
            },
            period: Duration::from_secs(10),
        })
    }

    fn permit(state: &mut LimiterState, user: usize) -> WindowPermit {
        let permit = window(state, user).try_acquire();
        permit.expect("the permit is free")
    }

    #[test]
    fn pruning_removes_the_windows_that_nobody_uses_and_no_others() {
        let (mut state, start) = (LimiterState::default(), Instant::now());
        for user in 0..MIN_PRUNE_ABOVE {
            drop(permit(&mut state, user).into_used());
        }
        let later = start + Duration::from_secs(3600);
        state.prune(later);
        assert_eq!(state.windows.len(), MIN_PRUNE_ABOVE, "not many yet");

        let _in_use = permit(&mut state, MIN_PRUNE_ABOVE);
        let _awaited = window(&mut state, MIN_PRUNE_ABOVE + 1);
        state.prune(start);
        assert_eq!(state.windows.len(), MIN_PRUNE_ABOVE + 2, "used just now");

        state.prune_above = 0;
        state.prune(later);
        assert_eq!(state.windows.len(), 2);
        let is_kept = |user| {
            let mut paths = state.windows.keys().map(|key| &key.path);
            paths.any(|path| *path == format!("/users/{user}"))
        };
        assert!(is_kept(MIN_PRUNE_ABOVE) && is_kept(MIN_PRUNE_ABOVE + 1));
    }
}
