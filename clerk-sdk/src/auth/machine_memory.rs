//! What Clerk said of tokens of machines a moment ago, so that it need not be asked at each request.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use quick_cache::sync::Cache;
use ring::digest;

use super::machine::Machine;
use crate::Timestamp;

/// How long it is remembered that there is no such token. Short, as one may be made meanwhile.
pub(super) const UNKNOWN_LIFETIME: Duration = Duration::from_secs(5);

/// Tokens that Clerk was asked about, by a digest of each.
pub(super) struct Memory {
    capacity: usize,
    lifetime: Duration,
    machines: Cache<Digest, Remembered>,
    /// Kept apart, so that guessing takes no place from tokens that are valid.
    unknown: Cache<Digest, SystemTime>,
}

type Digest = [u8; digest::SHA256_OUTPUT_LEN];

#[derive(Clone)]
struct Remembered {
    machine: Arc<Machine>,
    since: SystemTime,
}

/// What is remembered of a token.
pub(super) enum Known {
    Machine(Arc<Machine>),
    /// There is no such token.
    Unknown,
}

impl Memory {
    pub(super) fn new(capacity: usize, lifetime: Duration) -> Self {
        Self {
            capacity,
            lifetime,
            machines: Cache::new(capacity),
            unknown: Cache::new(capacity),
        }
    }

    /// One as large, with nothing in it.
    pub(super) fn fresh(&self) -> Self {
        Self::new(self.capacity, self.lifetime)
    }

    pub(super) fn get(&self, digest: &Digest, now: SystemTime) -> Option<Known> {
        let is_within = |since: SystemTime, lifetime: Duration| {
            now.duration_since(since).is_ok_and(|age| age < lifetime)
        };
        if let Some(Remembered { machine, since }) = self.machines.get(digest) {
            if is_within(since, self.lifetime) && !is_past(machine.expires_at, now) {
                return Some(Known::Machine(machine));
            }
            self.machines.remove(digest);
        }
        let since = self.unknown.get(digest)?;
        if is_within(since, self.lifetime.min(UNKNOWN_LIFETIME)) {
            return Some(Known::Unknown);
        }
        self.unknown.remove(digest);
        None
    }

    pub(super) fn put(&self, digest: Digest, machine: Arc<Machine>, since: SystemTime) {
        self.machines.insert(digest, Remembered { machine, since });
    }

    pub(super) fn put_unknown(&self, digest: Digest, since: SystemTime) {
        self.unknown.insert(digest, since);
    }

    /// What stands for a token here. It takes a digest that nobody can find a second token for.
    pub(super) fn digest(token: &str) -> Digest {
        let digest = digest::digest(&digest::SHA256, token.as_bytes());
        let mut bytes = Digest::default();
        bytes.copy_from_slice(digest.as_ref());
        bytes
    }
}

pub(super) fn is_past(instant: Option<Timestamp>, now: SystemTime) -> bool {
    let millis = now
        .duration_since(UNIX_EPOCH)
        .map_or(0, |it| it.as_millis());
    instant
        .is_some_and(|it| i128::from(it.as_millis()) <= i128::try_from(millis).unwrap_or(i128::MAX))
}
