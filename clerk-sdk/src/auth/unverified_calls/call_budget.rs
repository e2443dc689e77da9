//! A limit on the calls that unauthenticated requests cause: a sliding-window log of the times at which they were made.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Permits a number of calls in any period. Calls that verified their credential do not count.
#[derive(Debug)]
pub(in crate::auth) struct CallBudget {
    calls: usize,
    period: Duration,
    /// When the calls were permitted, in order.
    permitted_at: Mutex<VecDeque<Instant>>,
}

/// The permit of one call.
pub(in crate::auth) struct CallPermit<'b> {
    budget: &'b CallBudget,
    permitted_at: Instant,
}

/// The default limits: a fifth and a half of what Clerk allows in 10 seconds.
const PRODUCTION_CALLS: usize = 200;
const DEVELOPMENT_CALLS: usize = 50;
const DEFAULT_PERIOD: Duration = Duration::from_secs(10);

impl CallBudget {
    /// Creates the default budget for calls to a production instance, or to a development instance.
    pub(in crate::auth) fn for_instance(is_production: bool) -> Self {
        match is_production {
            true => Self::new(PRODUCTION_CALLS, DEFAULT_PERIOD),
            false => Self::new(DEVELOPMENT_CALLS, DEFAULT_PERIOD),
        }
    }

    pub(in crate::auth) fn new(calls: usize, period: Duration) -> Self {
        Self {
            calls,
            period,
            permitted_at: Mutex::default(),
        }
    }

    /// Returns a permit unless there have been too many calls in the last period.
    pub(in crate::auth) fn try_acquire(&self) -> Option<CallPermit<'_>> {
        let mut log = self.lock();
        let now = Instant::now();
        while log
            .front()
            .is_some_and(|first| now.saturating_duration_since(*first) >= self.period)
        {
            log.pop_front();
        }
        (log.len() < self.calls).then(|| {
            log.push_back(now);
            CallPermit {
                budget: self,
                permitted_at: now,
            }
        })
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Instant>> {
        self.permitted_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl CallPermit<'_> {
    /// Gives the permit back: the call verified its credential.
    pub(in crate::auth) fn release(self) {
        let mut log = self.budget.lock();
        if let Ok(index) = log.binary_search(&self.permitted_at) {
            log.remove(index);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn calls_are_limited_in_any_period_unless_their_permit_was_released() {
        let budget = CallBudget::new(3, Duration::from_secs(10));
        let permitted = || (0..10).filter(|_| budget.try_acquire().is_some()).count();
        let seconds = |seconds| tokio::time::advance(Duration::from_secs(seconds));
        assert!(budget.try_acquire().is_some());
        seconds(6).await;
        let permit = budget.try_acquire().expect("the second call");
        assert_eq!(permitted(), 1);
        permit.release();
        assert_eq!(permitted(), 1);
        seconds(4).await;
        assert_eq!(permitted(), 1, "the first call was ten seconds ago");
        seconds(6).await;
        assert_eq!(permitted(), 2);
        assert!(CallBudget::new(0, Duration::MAX).try_acquire().is_none());
    }
}
