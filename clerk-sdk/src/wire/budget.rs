//! How much memory the items of an answer may take: a few bytes of JSON can name a large struct.
//!
//! `{}` is two bytes, and a user of nothing but defaults is hundreds of times that. What the API sends
//! is longer on the wire than in memory, so the limit is one that only nonsense runs into.

use std::cell::Cell;

use serde::de::Error;

thread_local! {
    /// What is left, while an answer is decoded.
    static LEFT: Cell<Option<usize>> = const { Cell::new(None) };
}

/// What any answer may take.
const FREE: usize = 16 * 1024 * 1024;

/// What it may take beside that, for each of its bytes.
const PER_BYTE: usize = 8;

/// Runs `decode` with the budget of an answer of this length.
pub(crate) fn with_budget<T>(length: usize, decode: impl FnOnce() -> T) -> T {
    LEFT.set(Some(FREE + length.saturating_mul(PER_BYTE)));
    let result = decode();
    LEFT.set(None);
    result
}

/// Takes the memory of one more `T` from the budget.
pub(crate) fn charge<T, E: Error>() -> Result<(), E> {
    let Some(left) = LEFT.get() else {
        return Ok(());
    };
    let Some(left) = left.checked_sub(size_of::<T>()) else {
        return Err(E::custom(
            "the items take far more memory than the answer is long",
        ));
    };
    LEFT.set(Some(left));
    Ok(())
}
