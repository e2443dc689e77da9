//! What is known about opaque machine tokens: a cache of verified ones, which saves calls to Clerk, and which tokens
//! have been verified before.

use std::time::{Duration, SystemTime};

use quick_cache::UnitWeighter;
use quick_cache::sync::Cache;

use super::error::MachineError;
use super::verified_machine::MachineAuth;
use crate::auth::unverified_calls::{CallFailure, CredentialDigest, UnverifiedCalls};

/// The number of tokens that count as known.
const MAX_KNOWN_TOKENS: u64 = 16 * 1024;

/// What is known about the tokens that were verified with one configuration.
pub(super) struct MachineTokens {
    verified: Option<VerifiedTokens>,
    /// The tokens that have been verified before. It is separate from the calls, so that invented tokens evict none.
    known: Cache<CredentialDigest, ()>,
    pub(super) calls: UnverifiedCalls<MachineAuth, MachineError>,
}

struct VerifiedTokens {
    capacity: usize,
    lifetime: Duration,
    machines: Cache<CredentialDigest, VerifiedEntry>,
}

#[derive(Clone)]
struct VerifiedEntry {
    machine: MachineAuth,
    cached_at: SystemTime,
}

impl MachineTokens {
    /// Caches up to `capacity` verified tokens for `lifetime`; none if `capacity` is 0.
    pub(super) fn new(capacity: usize, lifetime: Duration) -> Self {
        let verified = VerifiedTokens {
            capacity,
            lifetime,
            machines: Cache::new(capacity),
        };
        Self {
            verified: (capacity > 0).then_some(verified),
            known: Cache::with(
                64,
                MAX_KNOWN_TOKENS,
                UnitWeighter,
                Default::default(),
                Default::default(),
            ),
            calls: UnverifiedCalls::default(),
        }
    }

    /// Returns a value that knows no tokens yet, with the same settings.
    pub(super) fn new_empty(&self) -> Self {
        match &self.verified {
            Some(verified) => Self::new(verified.capacity, verified.lifetime),
            None => Self::new(0, Duration::ZERO),
        }
    }

    /// Returns the machine of a cached token.
    pub(super) fn cached(&self, digest: &CredentialDigest, now: SystemTime) -> Option<MachineAuth> {
        let VerifiedTokens {
            lifetime, machines, ..
        } = self.verified.as_ref()?;
        let VerifiedEntry { machine, cached_at } = machines.get(digest)?;
        let age = now.duration_since(cached_at);
        if age.is_ok_and(|age| age < *lifetime) && !machine.is_expired(now) {
            return Some(machine);
        }
        machines.remove(digest);
        None
    }

    /// Whether the token was valid when it was verified last.
    pub(super) fn is_known(&self, digest: &CredentialDigest) -> bool {
        self.known.get(digest).is_some()
    }

    /// Records the result of verifying a token.
    pub(super) fn record(
        &self,
        digest: CredentialDigest,
        result: &Result<MachineAuth, MachineError>,
        now: SystemTime,
    ) {
        match result {
            Ok(machine) => {
                self.known.insert(digest, ());
                if let Some(verified) = &self.verified {
                    let entry = VerifiedEntry {
                        machine: machine.clone(),
                        cached_at: now,
                    };
                    verified.machines.insert(digest, entry);
                }
            }
            Err(error) if error.is_final() => {
                self.known.remove(&digest);
            }
            Err(_) => {}
        }
    }
}
