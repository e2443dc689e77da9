//! A cache of verified and of unknown machine tokens, which saves calls to Clerk.

use std::time::{Duration, SystemTime};

use quick_cache::sync::Cache;

use super::verified_machine::MachineAuth;
use crate::crypto::digest;

/// How long an unknown token is cached. It is short because the token may be created in the meantime.
const UNKNOWN_TOKEN_LIFETIME: Duration = Duration::from_secs(5);

/// Results of verifying machine tokens with Clerk, by a digest of each token.
pub(super) struct MachineCache {
    capacity: usize,
    lifetime: Duration,
    machines: Cache<TokenDigest, VerifiedEntry>,
    /// Separate from `machines`, so that guessed tokens cannot evict valid ones.
    unknown: Cache<TokenDigest, SystemTime>,
}

/// The SHA-256 digest of a token. It must be collision resistant: two tokens with the same digest would be
/// interchangeable.
pub(super) type TokenDigest = [u8; digest::SHA256_OUTPUT_LEN];

#[derive(Clone)]
struct VerifiedEntry {
    machine: MachineAuth,
    cached_at: SystemTime,
}

/// The cached result of verifying a token.
pub(super) enum CachedResult {
    Verified(MachineAuth),
    /// The token does not exist.
    Unknown,
}

impl MachineCache {
    pub(super) fn new(capacity: usize, lifetime: Duration) -> Self {
        Self {
            capacity,
            lifetime,
            machines: Cache::new(capacity),
            unknown: Cache::new(capacity),
        }
    }

    /// Returns an empty cache with the same capacity and lifetime.
    pub(super) fn new_empty(&self) -> Self {
        Self::new(self.capacity, self.lifetime)
    }

    pub(super) fn get(&self, digest: &TokenDigest, now: SystemTime) -> Option<CachedResult> {
        let is_fresh = |cached_at: SystemTime, lifetime: Duration| {
            now.duration_since(cached_at)
                .is_ok_and(|age| age < lifetime)
        };
        if let Some(VerifiedEntry { machine, cached_at }) = self.machines.get(digest) {
            if is_fresh(cached_at, self.lifetime) && !machine.is_expired(now) {
                return Some(CachedResult::Verified(machine));
            }
            self.machines.remove(digest);
        }
        let cached_at = self.unknown.get(digest)?;
        if is_fresh(cached_at, self.lifetime.min(UNKNOWN_TOKEN_LIFETIME)) {
            return Some(CachedResult::Unknown);
        }
        self.unknown.remove(digest);
        None
    }

    pub(super) fn put_verified(
        &self,
        digest: TokenDigest,
        machine: MachineAuth,
        cached_at: SystemTime,
    ) {
        let entry = VerifiedEntry { machine, cached_at };
        self.machines.insert(digest, entry);
    }

    pub(super) fn put_unknown(&self, digest: TokenDigest, cached_at: SystemTime) {
        self.unknown.insert(digest, cached_at);
    }

    pub(super) fn digest(token: &str) -> TokenDigest {
        let digest = digest::digest(&digest::SHA256, token.as_bytes());
        let mut bytes = TokenDigest::default();
        bytes.copy_from_slice(digest.as_ref());
        bytes
    }
}
