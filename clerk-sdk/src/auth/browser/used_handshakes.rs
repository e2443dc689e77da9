//! The handshake tokens that have been used, so that those without a limited lifetime are accepted only once.

use std::convert::Infallible;
use std::hash::{BuildHasher, RandomState};

use quick_cache::sync::Cache;

/// The number of tokens that are cached. Only Clerk can issue them, one for each handshake.
const CAPACITY: usize = 4096;

pub(in crate::auth) struct UsedHandshakes {
    tokens: Cache<u64, ()>,
    hasher: RandomState,
}

impl UsedHandshakes {
    pub(super) fn new() -> Self {
        Self {
            tokens: Cache::new(CAPACITY),
            hasher: RandomState::new(),
        }
    }

    /// Records the use of a verified token. Returns `false` if it has been used before.
    pub(super) fn record_use(&self, token: &str) -> bool {
        // Some algorithms have several valid signatures of the same content.
        let content = token.rsplit_once('.').map_or(token, |(content, _)| content);
        // Nobody but Clerk chooses the content, so a hash suffices.
        let hash = self.hasher.hash_one(content);
        let mut is_first = false;
        let insert = || {
            is_first = true;
            Ok::<_, Infallible>(())
        };
        let Ok(()) = self.tokens.get_or_insert_with(&hash, insert);
        is_first
    }
}
