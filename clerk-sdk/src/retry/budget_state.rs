//! What is left of a client's [`RetryBudget`].

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
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
    /// Whether the API has responded since the reserve was last needed.
    has_recovered: AtomicBool,
    times: Mutex<Times>,
}

#[derive(Debug, Default)]
struct Times {
    /// When the reserve was first used in this outage.
    opened: Option<Instant>,
    /// When the reserve was last needed, whether or not something was left.
    last_needed: Option<Instant>,
}

/// A retry in hundredths.
const RETRY: u32 = 100;
/// The share of the traffic that can be saved, so that quiet minutes do not pay for a burst.
const MAX_SHARE: u32 = 10 * RETRY;
/// How long the reserve can be used during an outage.
const RESERVE_TIME: Duration = Duration::from_secs(8);
/// An outage is over if the API has responded and the reserve was not needed for this long. A single response proves
/// nothing: in most outages only a part of the calls fails.
const QUIET_TIME: Duration = Duration::from_secs(5);
/// The reserve is full if it was not needed for this long.
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

    /// Records the outcome of an attempt. The first one of each call adds to the share, whatever its outcome.
    pub(crate) fn record<T>(&self, outcome: &Result<T>, is_first: bool) {
        if is_first {
            add(&self.share, self.settings.percent, MAX_SHARE);
        }
        if is_healthy(outcome) && !self.has_recovered.load(Ordering::Relaxed) {
            self.has_recovered.store(true, Ordering::Relaxed);
        }
    }

    /// Takes one retry; returns false if nothing is left.
    pub(super) fn withdraw(&self, now: Instant) -> bool {
        self.settings.is_unlimited || take(&self.share, RETRY) || self.withdraw_reserve(now)
    }

    fn withdraw_reserve(&self, now: Instant) -> bool {
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        let has_recovered = self.has_recovered.swap(false, Ordering::Relaxed);
        let last_needed = times.last_needed.replace(now);
        let quiet_time = last_needed.map_or(Duration::ZERO, |last| now.duration_since(last));
        if quiet_time >= REFILL_TIME {
            self.reserve.store(self.settings.reserve, Ordering::Relaxed);
            times.opened = None;
        } else if quiet_time >= QUIET_TIME && has_recovered {
            times.opened = None;
        }
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
