//! The handshake tokens that have been used, so that those without a limited lifetime are accepted only once.

use std::collections::{HashSet, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};

/// The number of tokens that are recorded. Only Clerk can issue them, one for each handshake.
const CAPACITY: usize = 16 * 1024;

#[derive(Default)]
pub(super) struct UsedHandshakes {
    tokens: Mutex<Tokens>,
    hasher: RandomState,
}

/// Hashes of tokens. The oldest are removed first; a cache would rather evict new ones that are not used again.
#[derive(Default)]
struct Tokens {
    hashes: HashSet<u64>,
    in_order: VecDeque<u64>,
}

impl UsedHandshakes {
    /// Records the use of a verified token. Returns `false` if it has been used before.
    pub(super) fn record_use(&self, token: &str) -> bool {
        // Some algorithms have several valid signatures of the same content.
        let content = token.rsplit_once('.').map_or(token, |(content, _)| content);
        // Nobody but Clerk chooses the content, so the hash need not be cryptographic.
        let hash = self.hasher.hash_one(content);
        let tokens = &mut *self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        if !tokens.hashes.insert(hash) {
            return false;
        }
        tokens.in_order.push_back(hash);
        if tokens.in_order.len() > CAPACITY
            && let Some(oldest) = tokens.in_order.pop_front()
        {
            tokens.hashes.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limited_number_of_tokens_is_recorded_whatever_their_signature() {
        let used = UsedHandshakes::default();
        let is_first = |number: usize| used.record_use(&format!("header.{number}.signature"));
        assert!((0..CAPACITY).all(is_first));
        assert!(!(0..CAPACITY).any(is_first));
        assert!(!used.record_use("header.5.other_signature"));
        assert!(is_first(CAPACITY));
        assert!(is_first(0), "the oldest was removed");
        assert!(!is_first(2));
        assert_eq!(used.tokens.lock().expect("no panic").hashes.len(), CAPACITY);
    }
}
