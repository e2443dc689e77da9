//! Generated object ids and trace ids, in Clerk's formats.

use std::sync::atomic::{AtomicU64, Ordering};

static NEXT: AtomicU64 = AtomicU64::new(1);

/// Generates an id: the prefix, an underscore, and 27 letters and digits. Ids sort in the order of their creation.
pub(crate) fn new_id(prefix: &str) -> String {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{prefix}_2emulate{number:019}")
}

/// Generates a trace id: 32 hexadecimal digits.
pub(crate) fn new_trace_id() -> String {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{number:032x}")
}
