//! A cache of verified tokens, so that verifying the same token again needs no signature check.

use std::sync::Arc;

use quick_cache::sync::Cache;

use super::session::Claims;
use crate::crypto::digest;

/// The claims of verified tokens by the SHA-256 digest of the whole token.
///
/// A cache belongs to one set of rules: a token that passed some rules may not pass others.
pub(super) struct VerifiedTokenCache {
    capacity: usize,
    claims: Cache<TokenDigest, Arc<Claims>>,
}

pub(super) type TokenDigest = [u8; digest::SHA256_OUTPUT_LEN];

impl VerifiedTokenCache {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            claims: Cache::new(capacity),
        }
    }

    /// Creates an empty cache of the same capacity.
    pub(super) fn new_empty(&self) -> Self {
        Self::new(self.capacity)
    }

    /// The key of a token. It has to be a collision-resistant digest: a second token with the same one would be
    /// accepted unverified.
    pub(super) fn digest(token: &str) -> TokenDigest {
        let digest = digest::digest(&digest::SHA256, token.as_bytes());
        let mut bytes = TokenDigest::default();
        bytes.copy_from_slice(digest.as_ref());
        bytes
    }

    pub(super) fn get(&self, digest: &TokenDigest) -> Option<Arc<Claims>> {
        self.claims.get(digest)
    }

    pub(super) fn insert(&self, digest: TokenDigest, claims: Arc<Claims>) {
        self.claims.insert(digest, claims);
    }

    pub(super) fn remove(&self, digest: &TokenDigest) {
        self.claims.remove(digest);
    }
}
