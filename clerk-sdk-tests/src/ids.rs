//! Ids and times that look like Clerk's.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

static NEXT: AtomicU64 = AtomicU64::new(1);

/// A new id such as `user_` and 27 letters and digits. Later ones sort after earlier ones.
pub(crate) fn id(prefix: &str) -> String {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{prefix}_2stand1n{number:019}")
}

/// A new trace id: 32 hexadecimal digits.
pub(crate) fn trace_id() -> String {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{number:032x}")
}

/// Now, in milliseconds.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
