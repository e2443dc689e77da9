//! Fetches Clerk's keys: one fetch at a time however many requests need it (single flight), in the background
//! if cached keys can be used meanwhile.

use std::error::Error;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, SystemTime};

use serde_json::Value;
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;

use super::jwk_set::JwkSet;
use super::jwks_cache::{FetchError, JwksCache, Lookup};
use super::public_key::VerifyingKey;
use crate::config::ClientConfig;
use crate::jwks;
use crate::jwt::token_error::TokenError;
use crate::metrics;
use crate::retry::RetryPolicy;
use crate::wire::without_bom;

/// The default of [`RemoteJwks::stale_if_error`].
const DEFAULT_KEEP_FOR: Duration = Duration::from_secs(60 * 60);
/// The limit on a response. A key set is a few kilobytes long.
const MAX_JWKS_BYTES: usize = 1024 * 1024;
/// The time limit of a fetch if the configuration sets none.
const DEFAULT_FETCH_TIMEOUT: Duration = Duration::from_secs(10);
/// How many fetches whose runtime ends a request waits for. Another request of the same runtime starts the next.
const MAX_CANCELLED_FETCHES: usize = 3;
/// How much longer than the time limit of a fetch a request waits for it.
const GRACE_PERIOD: Duration = Duration::from_secs(1);
/// How many requests wait until another fetch is permitted. Anyone can send tokens with invented key ids.
const MAX_WAITING: usize = 1000;

/// The public keys of a Clerk instance, fetched from its JWKS endpoint and cached.
///
/// - The keys are fetched when first needed, once however many requests are waiting. They are refreshed every
///   five minutes, while requests go on using the cached ones.
/// - If a token names a key that is not cached, they are fetched again: at most four times in a burst, and then
///   once every 5 seconds, so that tokens with invented key ids cannot make this process flood Clerk with calls. Up to
///   1,000 requests wait for the next fetch, so that tokens of a new key are accepted meanwhile; others fail with
///   [`TokenErrorKind::KeysUnavailable`](crate::jwt::TokenErrorKind::KeysUnavailable).
/// - While Clerk is unreachable or returns errors, the cached keys are used for an hour
///   ([`stale_if_error`](Self::stale_if_error)).
///
/// It is cheap to clone, and clones share the cache. Key sources that were created separately share nothing.
#[derive(Clone)]
#[must_use = "a setter returns the changed value: assign it, or pass it on"]
pub struct RemoteJwks {
    client: jwks::Client,
    timeout: Duration,
    stale_if_error: Duration,
    state: Arc<RwLock<State>>,
    /// A permit for each request that may wait until another fetch is permitted.
    waiting: Arc<Semaphore>,
}

#[derive(Default)]
struct State {
    cache: JwksCache,
    /// Contains the number of the fetch that is in flight. The channel closes when the fetch ends.
    in_flight: Option<watch::Receiver<u64>>,
}

/// A fetch in flight. It records its outcome when dropped, so that the requests waiting for it are woken even if
/// it panics or its runtime shuts down. In the latter case it has no outcome, and they start another.
struct Fetch {
    jwks: RemoteJwks,
    /// When it was started, by the verifier's clock and by the runtime's.
    now: SystemTime,
    started: Instant,
    outcome: Option<Result<JwkSet, FetchError>>,
    number: watch::Sender<u64>,
}

impl Drop for Fetch {
    fn drop(&mut self) {
        let outcome = match self.outcome.take() {
            None if std::thread::panicking() => Err(cancelled()),
            // A runtime that has shut down drops the task while the caller of `start_fetch` still holds the lock, so
            // this must not lock.
            None => return,
            Some(outcome) => outcome,
        };
        let number = *self.number.borrow();
        let cache = &mut self.jwks.write().cache;
        if cache.last_finished >= number {
            return;
        }
        match outcome {
            // The keys are as old as the request: the response may have been produced right after it.
            Ok(keys) => cache.store(keys, self.now),
            // The backoff begins when the fetch has failed, which may be long after its start.
            Err(error) => cache.record_failure(error, self.now + self.started.elapsed()),
        }
        cache.last_finished = number;
    }
}

impl RemoteJwks {
    /// Creates the key source for the instance that the secret key in `config` belongs to. This fetches nothing
    /// yet.
    pub fn new(config: ClientConfig) -> Self {
        let timeout = config.timeout.unwrap_or(DEFAULT_FETCH_TIMEOUT);
        let limit = config.max_response_bytes.unwrap_or(MAX_JWKS_BYTES);
        Self {
            // The cache decides when a failed fetch is retried, so the client must not retry.
            client: jwks::Client::new(
                config
                    .max_response_bytes(limit.min(MAX_JWKS_BYTES))
                    .retry(RetryPolicy::none()),
            ),
            timeout,
            stale_if_error: DEFAULT_KEEP_FOR,
            state: Arc::default(),
            waiting: Arc::new(Semaphore::new(MAX_WAITING)),
        }
    }

    /// Sets how long cached keys are used while Clerk is unavailable. The default is an hour.
    ///
    /// A longer limit survives a longer outage of Clerk, but a withdrawn key is accepted longer, too.
    pub fn stale_if_error(mut self, limit: Duration) -> Self {
        self.stale_if_error = limit;
        self
    }

    /// Fetches the keys now, so that the first request does not have to wait, and a wrong secret key is noticed
    /// at startup.
    ///
    /// # Errors
    ///
    /// Returns [`TokenErrorKind::KeysUnavailable`](crate::jwt::TokenErrorKind::KeysUnavailable), with the cause as its source.
    pub async fn prefetch(&self) -> Result<(), TokenError> {
        self.prefetch_at(SystemTime::now()).await
    }

    pub(super) async fn prefetch_at(&self, now: SystemTime) -> Result<(), TokenError> {
        let last_started = self.write().cache.last_started;
        let mut cancelled_fetches = 0;
        loop {
            let in_flight = self.start_fetch(&mut self.write(), now);
            self.wait(in_flight, now, &mut cancelled_fetches).await?;
            let cache = &self.read().cache;
            // A fetch that was already in flight is not the one to wait for.
            if cache.last_finished > last_started {
                return cache.last_error().map_or(Ok(()), Err);
            }
        }
    }

    /// The key with this id if it can be used without waiting. Starts a refresh in the background if one is due
    /// and this is called in a runtime.
    pub(super) fn cached_key(&self, id: &str, now: SystemTime) -> Option<VerifyingKey> {
        let mut state = self.write();
        if state.cache.needs_refresh(now) {
            self.start_fetch(&mut state, now);
        }
        state.cache.key_younger_than(self.stale_if_error, id, now)
    }

    /// The ids of the cached keys.
    pub(super) fn key_ids(&self) -> Vec<String> {
        self.read().cache.key_ids()
    }

    /// The key with this id. Waits for a fetch if it is needed.
    pub(super) async fn key(
        &self,
        id: &str,
        mut now: SystemTime,
    ) -> Result<VerifyingKey, TokenError> {
        // Nearly every request ends here, with a shared lock.
        let fresh = self.read().cache.fresh_key(id, now);
        if let Some(key) = fresh {
            metrics::cache_lookup("public_keys", true);
            return Ok(key);
        }
        let mut last_started = None;
        let mut cancelled_fetches = 0;
        loop {
            let next = {
                let mut state = self.write();
                let last_started = *last_started.get_or_insert(state.cache.last_started);
                let has_waited = state.cache.last_finished > last_started;
                let lookup = state.cache.lookup(id, now, self.stale_if_error, has_waited);
                if !has_waited {
                    let is_hit = matches!(lookup, Lookup::Use(_) | Lookup::UseAndRefresh(_));
                    metrics::cache_lookup("public_keys", is_hit);
                }
                match lookup {
                    Lookup::Use(key) => return Ok(key),
                    Lookup::UseAndRefresh(key) => {
                        self.start_fetch(&mut state, now);
                        return Ok(key);
                    }
                    Lookup::Fail(error) => return Err(error),
                    Lookup::WaitForFetch => Ok(self.start_fetch(&mut state, now)),
                    Lookup::WaitForPermit(time) => Err(time),
                }
            };
            match next {
                Ok(in_flight) => self.wait(in_flight, now, &mut cancelled_fetches).await?,
                Err(time) => {
                    self.wait_for_permit(time).await?;
                    now += time;
                }
            }
        }
    }

    /// Waits this long, until another fetch is permitted.
    ///
    /// # Errors
    ///
    /// Returns an error if too many requests wait already. The key may be a new one, so it is not reported as unknown.
    async fn wait_for_permit(&self, time: Duration) -> Result<(), TokenError> {
        tokio::runtime::Handle::try_current().map_err(|_| no_runtime())?;
        let Ok(_waiting) = self.waiting.try_acquire() else {
            let error = fetch_error("there were too many tokens with unknown key ids");
            return Err(TokenError::keys_unavailable(error));
        };
        tokio::time::sleep(time).await;
        Ok(())
    }

    /// Waits until a fetch ends. If it does not end in time, for example because its runtime is no longer driven,
    /// it counts as failed.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no fetch, or if too many ended without an outcome.
    async fn wait(
        &self,
        in_flight: Option<watch::Receiver<u64>>,
        now: SystemTime,
        cancelled_fetches: &mut usize,
    ) -> Result<(), TokenError> {
        let mut in_flight = in_flight.ok_or_else(no_runtime)?;
        let number = *in_flight.borrow();
        let limit = self.timeout.saturating_add(GRACE_PERIOD);
        // The number never changes: this waits for the channel to close.
        let closed = tokio::time::timeout(limit, in_flight.changed()).await;
        let mut state = self.write();
        if state.cache.last_finished >= number {
            return Ok(());
        }
        if closed.is_err() {
            state.in_flight = None;
            let error = fetch_error("the fetch did not finish in time");
            state.cache.record_failure(error, now + limit);
            state.cache.last_finished = number;
            return Ok(());
        }
        *cancelled_fetches += 1;
        match *cancelled_fetches < MAX_CANCELLED_FETCHES {
            true => Ok(()),
            false => Err(TokenError::keys_unavailable(cancelled())),
        }
    }

    /// Joins the fetch that is in flight, or starts one. It runs as a task of its own, so that cancelling the
    /// request that started it does not cancel it. Returns `None` outside a runtime.
    fn start_fetch(&self, state: &mut State, now: SystemTime) -> Option<watch::Receiver<u64>> {
        if let Some(in_flight) = &state.in_flight
            && in_flight.has_changed().is_ok()
        {
            return Some(in_flight.clone());
        }
        let runtime = tokio::runtime::Handle::try_current().ok()?;
        state.cache.last_started += 1;
        let (number, in_flight) = watch::channel(state.cache.last_started);
        state.in_flight = Some(in_flight.clone());
        let mut fetch = Fetch {
            jwks: self.clone(),
            now,
            started: Instant::now(),
            outcome: None,
            number,
        };
        runtime.spawn(async move {
            let outcome = fetch.jwks.fetch().await;
            fetch.outcome.replace(outcome);
        });
        Some(in_flight)
    }

    async fn fetch(&self) -> Result<JwkSet, FetchError> {
        let response = self.client.get().timeout(self.timeout).await;
        let response = response.map_err(boxed)?;
        let jwks: Value =
            serde_json::from_slice(without_bom(response.raw_body())).map_err(boxed)?;
        JwkSet::from_jwks(&jwks).map_err(boxed)
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn boxed(error: impl Error + Send + Sync + 'static) -> FetchError {
    Arc::new(error)
}

fn fetch_error(message: &'static str) -> FetchError {
    Box::<dyn Error + Send + Sync>::from(message).into()
}

fn cancelled() -> FetchError {
    fetch_error("the fetch was cancelled before it finished")
}

fn no_runtime() -> TokenError {
    TokenError::keys_unavailable(fetch_error("fetching the keys requires a tokio runtime"))
}

impl fmt::Debug for RemoteJwks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("RemoteJwks");
        debug.field("client", &self.client);
        debug.field("stale_if_error", &self.stale_if_error);
        debug.finish_non_exhaustive()
    }
}
