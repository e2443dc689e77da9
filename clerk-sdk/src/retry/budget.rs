//! The retry budget of a client, which keeps an outage from multiplying traffic.

use std::sync::atomic::{AtomicU32, Ordering};

use http::StatusCode;

use crate::error::{Error, Result};

/// A token bucket for retries: each retry takes one token, and ten responses of a healthy API give one back.
#[derive(Debug)]
pub(crate) struct RetryBudget(AtomicU32);

/// The units of one retry.
const RETRY: u32 = 10;
/// The units of a full bucket.
const CAPACITY: u32 = 20 * RETRY;

impl Default for RetryBudget {
    fn default() -> Self {
        Self(AtomicU32::new(CAPACITY))
    }
}

impl RetryBudget {
    /// Takes the units of one retry; returns false if there are too few.
    pub(super) fn withdraw(&self) -> bool {
        let withdrawn = |units: u32| units.checked_sub(RETRY);
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, withdrawn)
            .is_ok()
    }

    /// Records the outcome of an attempt: any response of a healthy API adds to the budget, including a 404.
    pub(crate) fn record<T>(&self, outcome: &Result<T>) {
        let is_healthy = match outcome {
            Ok(_) => true,
            Err(Error::Api(error)) => {
                !error.status().is_server_error() && error.status() != StatusCode::TOO_MANY_REQUESTS
            }
            Err(_) => false,
        };
        if is_healthy {
            self.deposit();
        }
    }

    fn deposit(&self) {
        let deposited = |units: u32| (units < CAPACITY).then_some(units + 1);
        // A full bucket needs no refill.
        let _ = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, deposited);
    }
}
