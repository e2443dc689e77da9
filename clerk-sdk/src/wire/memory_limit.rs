//! A limit on the memory that the items of a response may take: a few bytes of JSON can decode to a large struct.
//!
//! `{}` is two bytes, and a user that is all defaults takes hundreds of times that. Real responses take less
//! memory than they have bytes, so only malicious or broken ones reach the limit.

use std::cell::Cell;

use serde::de::Error;

use super::scoped::with_value;

thread_local! {
    /// The bytes that may still be taken; `None` while no response is decoded.
    static REMAINING: Cell<Option<usize>> = const { Cell::new(None) };
}

/// The bytes of memory that any response may take.
const BASE: usize = 16 * 1024 * 1024;

/// The bytes that it may take in addition, for each byte of its length.
const PER_BYTE: usize = 8;

/// Runs `decode` with the limit for a response of this length.
pub(super) fn with_memory_limit<T>(length: usize, decode: impl FnOnce() -> T) -> T {
    let limit = BASE + length.saturating_mul(PER_BYTE);
    with_value(&REMAINING, Some(limit), decode)
}

/// Whether the response of a call is being decoded, and not a value from another source.
pub(super) fn is_decoding_response() -> bool {
    REMAINING.get().is_some()
}

/// Counts the memory of one more `T` against the limit.
pub(super) fn charge<T, E: Error>() -> Result<(), E> {
    let Some(remaining) = REMAINING.get() else {
        return Ok(());
    };
    let Some(remaining) = remaining.checked_sub(size_of::<T>()) else {
        return Err(E::custom(
            "the items take far more memory than the response has bytes",
        ));
    };
    REMAINING.set(Some(remaining));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{REMAINING, with_memory_limit};

    #[test]
    fn a_panic_while_decoding_leaves_no_limit_behind() {
        let panicked =
            std::panic::catch_unwind(|| with_memory_limit(1, || panic!("while decoding")));
        assert!(panicked.is_err());
        assert_eq!(REMAINING.get(), None);
    }
}
