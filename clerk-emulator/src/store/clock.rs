//! The emulator's clock, which can be set and advanced.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// The end of the year 9999. Times cannot overflow when durations are added to it.
const LATEST: i64 = 253_402_300_799_999;

/// A clock that differs from the system's by a number of milliseconds.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    offset: AtomicI64,
}

impl Clock {
    /// Returns the time in milliseconds since the Unix epoch.
    pub(crate) fn now(&self) -> i64 {
        let now = system_time().saturating_add(self.offset.load(Ordering::Relaxed));
        now.clamp(0, LATEST)
    }

    /// Sets the time, in milliseconds since the Unix epoch. The clock goes on from there.
    pub(crate) fn set(&self, now: i64) {
        self.offset
            .store(now.saturating_sub(system_time()), Ordering::Relaxed);
    }

    pub(crate) fn advance(&self, milliseconds: i64) {
        let advance = |offset: i64| Some(offset.saturating_add(milliseconds));
        // The closure always returns a value, so the update cannot fail.
        let _ = self
            .offset
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, advance);
    }
}

fn system_time() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
    i64::try_from(since_epoch.unwrap_or_default().as_millis()).unwrap_or(i64::MAX)
}
