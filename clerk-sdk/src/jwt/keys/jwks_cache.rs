//! The cached keys of an instance: how long they are used, when they are refreshed, and what happens to a
//! request whose key is not cached. This file decides and stores; `jwks_fetch` does the fetching.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use super::jwk_set::JwkSet;
use super::public_key::VerifyingKey;
use super::refetch_limit::RefetchLimit;
use crate::jwt::token_error::TokenError;

/// Keys of this age are refreshed in the background while requests go on using them.
const REFRESH_AFTER: Duration = Duration::from_secs(5 * 60);
/// Keys of this age are used only if a refresh fails.
const STALE_AFTER: Duration = Duration::from_secs(10 * 60);
/// The exponential backoff after a failed fetch.
const INITIAL_BACKOFF: Duration = Duration::from_secs(1);
const MAX_BACKOFF: Duration = Duration::from_secs(30);
/// The largest difference by which concurrent requests may appear to read the clock out of order.
const MAX_CLOCK_JITTER: Duration = Duration::from_secs(60);

pub(super) type FetchError = Arc<dyn Error + Send + Sync>;

#[derive(Default)]
pub(super) struct JwksCache {
    cached: Option<CachedKeys>,
    last_failure: Option<FetchFailure>,
    /// Fetches are numbered from 1: these are the numbers of the last one started and the last one finished.
    pub(super) last_started: u64,
    pub(super) last_finished: u64,
    refetch_limit: RefetchLimit,
}

struct CachedKeys {
    keys: JwkSet,
    fetched_at: SystemTime,
}

struct FetchFailure {
    error: FetchError,
    at: SystemTime,
    recorded_at: Instant,
    backoff: Duration,
}

impl FetchFailure {
    /// Whether it is too early for another fetch. The second clock ends the backoff if the first is set back.
    fn is_backing_off(&self, now: SystemTime) -> bool {
        age(self.at, now) < self.backoff && self.recorded_at.elapsed() < self.backoff
    }

    fn token_error(&self) -> TokenError {
        TokenError::keys_unavailable(self.error.clone())
    }
}

/// How a request gets the key that its token names.
pub(super) enum Lookup {
    Use(VerifyingKey),
    UseAndRefresh(VerifyingKey),
    WaitForFetch,
    /// Look up again after this time, when another fetch is permitted.
    WaitForPermit(Duration),
    Fail(TokenError),
}

impl JwksCache {
    /// Looks up the key with this id. `has_waited` means that a fetch has finished which started after the
    /// request arrived.
    pub(super) fn lookup(
        &mut self,
        id: &str,
        now: SystemTime,
        stale_if_error: Duration,
        has_waited: bool,
    ) -> Lookup {
        let is_backing_off = self.is_backing_off(now);
        let may_fetch = !is_backing_off && !has_waited;
        let cached = self.cached.as_ref();
        let cached = cached.map(|cached| (age(cached.fetched_at, now), &cached.keys));
        let Some((age, keys)) = cached.filter(|(age, _)| *age < stale_if_error) else {
            return match &self.last_failure {
                Some(failure) if !may_fetch => Lookup::Fail(failure.token_error()),
                _ => Lookup::WaitForFetch,
            };
        };
        let Some(key) = keys.get(id).cloned() else {
            let known = if has_waited { keys.ids() } else { Vec::new() };
            return self.lookup_unknown(known, now, is_backing_off, has_waited);
        };
        match age {
            _ if age < REFRESH_AFTER || !may_fetch => Lookup::Use(key),
            // Once one request has waited for a fetch that failed, the others do not have to.
            _ if age < STALE_AFTER || self.last_failure.is_some() => Lookup::UseAndRefresh(key),
            _ => Lookup::WaitForFetch,
        }
    }

    /// A key that is not cached may be a new one, so it is not reported as unknown while Clerk is unavailable.
    fn lookup_unknown(
        &mut self,
        known: Vec<String>,
        now: SystemTime,
        is_backing_off: bool,
        has_waited: bool,
    ) -> Lookup {
        match &self.last_failure {
            Some(failure) if is_backing_off || has_waited => {
                return Lookup::Fail(failure.token_error());
            }
            _ => {}
        }
        let is_in_flight = self.last_started > self.last_finished;
        match has_waited {
            true => Lookup::Fail(TokenError::unknown_key(known)),
            false if is_in_flight || self.refetch_limit.try_acquire(now) => Lookup::WaitForFetch,
            false => Lookup::WaitForPermit(self.refetch_limit.next_permit(now)),
        }
    }

    /// The ids of the cached keys.
    pub(super) fn key_ids(&self) -> Vec<String> {
        let cached = self.cached.as_ref();
        cached.map(|cached| cached.keys.ids()).unwrap_or_default()
    }

    /// The key with this id, if it does not need a refresh yet.
    pub(super) fn fresh_key(&self, id: &str, now: SystemTime) -> Option<VerifyingKey> {
        self.key_younger_than(REFRESH_AFTER, id, now)
    }

    /// The key with this id, if it is cached and its age is below this limit.
    pub(super) fn key_younger_than(
        &self,
        limit: Duration,
        id: &str,
        now: SystemTime,
    ) -> Option<VerifyingKey> {
        let cached = self.cached.as_ref()?;
        (age(cached.fetched_at, now) < limit).then(|| cached.keys.get(id).cloned())?
    }

    /// Whether the cached keys should be refreshed now.
    pub(super) fn needs_refresh(&self, now: SystemTime) -> bool {
        let cached = self.cached.as_ref();
        let is_due = cached.is_some_and(|cached| age(cached.fetched_at, now) >= REFRESH_AFTER);
        is_due && !self.is_backing_off(now)
    }

    /// The error of the last fetch, if that failed.
    pub(super) fn last_error(&self) -> Option<TokenError> {
        self.last_failure.as_ref().map(FetchFailure::token_error)
    }

    fn is_backing_off(&self, now: SystemTime) -> bool {
        let failure = self.last_failure.as_ref();
        failure.is_some_and(|failure| failure.is_backing_off(now))
    }

    pub(super) fn store(&mut self, keys: JwkSet, fetched_at: SystemTime) {
        self.cached = Some(CachedKeys { keys, fetched_at });
        self.last_failure = None;
    }

    pub(super) fn record_failure(&mut self, error: FetchError, at: SystemTime) {
        let last = self.last_failure.as_ref().map(|failure| failure.backoff);
        let backoff = last.map_or(INITIAL_BACKOFF, |last| (last * 2).min(MAX_BACKOFF));
        self.last_failure = Some(FetchFailure {
            error,
            at,
            recorded_at: Instant::now(),
            backoff,
        });
    }
}

/// The time since `then`. If the clock was set back, everything counts as old; but concurrent requests may read
/// the clock in one order and arrive here in the other.
fn age(then: SystemTime, now: SystemTime) -> Duration {
    match now.duration_since(then) {
        Ok(age) => age,
        Err(ahead) if ahead.duration() < MAX_CLOCK_JITTER => Duration::ZERO,
        Err(_) => Duration::MAX,
    }
}
