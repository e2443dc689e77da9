//! Tokens that were verified a moment ago, so that the next request of the same page costs no signature.

use std::sync::Arc;

use quick_cache::sync::Cache;
use ring::digest;

use super::claims::Claims;

/// The claims of verified tokens, by a digest of the whole token.
///
/// It belongs to one set of options: what passed one may not pass another.
pub(super) struct Memory {
    capacity: usize,
    claims: Cache<Digest, Arc<Claims>>,
}

pub(super) type Digest = [u8; digest::SHA256_OUTPUT_LEN];

impl Memory {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            claims: Cache::new(capacity),
        }
    }

    /// One as large, with nothing in it.
    pub(super) fn fresh(&self) -> Self {
        Self::new(self.capacity)
    }

    /// What stands for a token here. It takes a digest that nobody can find a second token for.
    pub(super) fn digest(token: &str) -> Digest {
        let digest = digest::digest(&digest::SHA256, token.as_bytes());
        let mut bytes = Digest::default();
        bytes.copy_from_slice(digest.as_ref());
        bytes
    }

    pub(super) fn get(&self, digest: &Digest) -> Option<Arc<Claims>> {
        self.claims.get(digest)
    }

    pub(super) fn put(&self, digest: Digest, claims: Arc<Claims>) {
        self.claims.insert(digest, claims);
    }

    pub(super) fn forget(&self, digest: &Digest) {
        self.claims.remove(digest);
    }
}
