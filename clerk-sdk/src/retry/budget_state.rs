//! What is left of a client's [`RetryBudget`].

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::budget::RetryBudget;
use crate::error::{Error, Result, RetryableStatus};

/// What is left of a client's budget. Successful calls only touch the atomics.
#[derive(Debug)]
pub(crate) struct BudgetState {
    settings: RetryBudget,
    /// The share of the traffic that is left, in hundredths of a retry.
    share: AtomicU32,
    /// The retries that are left of the reserve.
    reserve: AtomicU32,
    /// Whether the API has responded since the last retry.
    has_recovered: AtomicBool,
    times: Mutex<Times>,
}

#[derive(Debug, Default)]
struct Times {
    /// When the reserve was first used since the API last responded.
    opened: Option<Instant>,
    last_failure: Option<Instant>,
}

/// A retry in hundredths.
const RETRY: u32 = 100;
/// The share of the traffic that can be saved, so that quiet minutes do not pay for a burst.
const MAX_SHARE: u32 = 10 * RETRY;
/// How long the reserve can be used during an outage.
const RESERVE_TIME: Duration = Duration::from_secs(8);
/// After this long without failures the reserve is full.
const REFILL_TIME: Duration = Duration::from_secs(60);

impl BudgetState {
    pub(crate) fn new(settings: RetryBudget) -> Self {
        Self {
            share: AtomicU32::new(0),
            reserve: AtomicU32::new(settings.reserve),
            has_recovered: AtomicBool::new(false),
            times: Mutex::default(),
            settings,
        }
    }

    /// Records the outcome of an attempt. The first one of each call adds to the share, whatever its outcome, and any
    /// response of a healthy API to the reserve, including a 404.
    pub(crate) fn record<T>(&self, outcome: &Result<T>, is_first: bool) {
        if is_first {
            add(&self.share, self.settings.percent, MAX_SHARE);
        }
        match is_healthy(outcome) {
            true => self.record_recovery(),
            false => self.record_failure(Instant::now()),
        }
    }

    fn record_recovery(&self) {
        add(&self.reserve, 1, self.settings.reserve);
        if !self.has_recovered.load(Ordering::Relaxed) {
            self.has_recovered.store(true, Ordering::Relaxed);
        }
    }

    /// Fills the reserve if this is the first failure for a while, whether or not it is retried.
    fn record_failure(&self, now: Instant) {
        let mut times = self.lock_times();
        let last_failure = times.last_failure.replace(now);
        if last_failure.is_some_and(|last| now.duration_since(last) >= REFILL_TIME) {
            times.opened = None;
            self.reserve.store(self.settings.reserve, Ordering::Relaxed);
        }
    }

    /// Takes one retry; returns false if nothing is left.
    pub(super) fn withdraw(&self, now: Instant) -> bool {
        self.settings.is_unlimited || {
            let mut times = self.lock_times();
            if self.has_recovered.swap(false, Ordering::Relaxed) {
                times.opened = None;
            }
            take(&self.share, RETRY) || self.withdraw_reserve(&mut times, now)
        }
    }

    fn lock_times(&self) -> MutexGuard<'_, Times> {
        self.times.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn withdraw_reserve(&self, times: &mut Times, now: Instant) -> bool {
        let opened = *times.opened.get_or_insert(now);
        if now.duration_since(opened) > RESERVE_TIME {
            self.reserve.store(0, Ordering::Relaxed);
        }
        take(&self.reserve, 1)
    }
}

/// Whether the API is healthy: a status that is worth a retry says that it is not, even if it is below 500, such as 408.
fn is_healthy<T>(outcome: &Result<T>) -> bool {
    match outcome {
        Ok(_) => true,
        Err(Error::Api(error)) => {
            error.status().as_u16() < 500 && RetryableStatus::of(error.status()).is_none()
        }
        Err(_) => false,
    }
}

fn add(counter: &AtomicU32, amount: u32, most: u32) {
    let added = |value: u32| (value < most).then(|| value.saturating_add(amount).min(most));
    // A full counter needs no change.
    let _ = counter.fetch_update(Ordering::Relaxed, Ordering::Relaxed, added);
}

fn take(counter: &AtomicU32, amount: u32) -> bool {
    let taken = |value: u32| value.checked_sub(amount);
    counter
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, taken)
        .is_ok()
}
