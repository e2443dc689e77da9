//! Clerk's keys: fetched once however many ask, kept, and refreshed before anybody has to wait.

use std::error::Error as StdError;
use std::fmt;
use std::sync::{Arc, RwLock};
use std::time::{Duration, SystemTime};

use serde_json::Value;
use tokio::sync::watch;
use tokio::time::Instant;

use super::error::TokenError;
use super::key::{Key, KeySet};
use super::rationing::Ration;
use crate::{ClientConfig, RetryPolicy, jwks};

/// Keys of this age are fetched anew, while those at hand are still used.
const REFRESH_AFTER: Duration = Duration::from_secs(5 * 60);
/// Keys of this age are used only where newer ones cannot be had.
const STALE_AFTER: Duration = Duration::from_secs(10 * 60);
/// How long keys are kept unless [`Jwks::keep_for`] says otherwise.
const KEEP_FOR: Duration = Duration::from_secs(60 * 60);
/// After a fetch that failed, the next waits this long, and twice as long each time.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// A set of keys is a few kilobytes.
const MAX_JWKS_BYTES: usize = 1024 * 1024;
/// How long a fetch may take where the configuration does not say.
const FETCH_TIMEOUT: Duration = Duration::from_secs(10);
/// How long after that its end is waited for.
const GRACE: Duration = Duration::from_secs(1);

type Cause = Arc<dyn StdError + Send + Sync>;

/// The public keys of one Clerk instance, from its API.
///
/// - They are fetched when first needed, once however many requests wait, and again every five minutes
///   while requests go on being served with those at hand.
/// - A token that names a key which is not among them makes them be fetched again, four times at once and
///   then every 15 seconds at most: whoever invents ids of keys does not make this process call Clerk.
/// - While Clerk cannot be reached, or does not answer, they are used for an hour
///   ([`keep_for`](Self::keep_for)).
///
/// It is cheap to clone, and clones share the keys. Two made of two configurations share nothing.
#[derive(Clone)]
pub struct Jwks {
    client: jwks::Client,
    timeout: Duration,
    keep_for: Duration,
    cache: Arc<RwLock<Cache>>,
}

#[derive(Default)]
struct Cache {
    held: Option<Held>,
    failed: Option<Failure>,
    /// Holds the number of the fetch under way, and ends when that does.
    under_way: Option<watch::Receiver<u64>>,
    begun: u64,
    ended: u64,
    for_unknown: Ration,
}

struct Held {
    keys: KeySet,
    at: SystemTime,
}

struct Failure {
    cause: Cause,
    at: SystemTime,
    pause: Duration,
}

impl Failure {
    fn refusal(&self) -> TokenError {
        TokenError::KeysUnavailable(self.cause.clone())
    }
}

/// A fetch under way. Whatever ends it, those who wait learn of it: a panic and the end of its runtime too.
struct Fetch {
    jwks: Jwks,
    /// The time by the clock of whoever began it, and by this machine's.
    now: SystemTime,
    begun: Instant,
    outcome: Option<Result<KeySet, Cause>>,
    /// A runtime that has ended drops it unpolled, while whoever began it holds the lock.
    is_polled: bool,
    until: watch::Sender<u64>,
}

impl Drop for Fetch {
    fn drop(&mut self) {
        if !self.is_polled {
            return;
        }
        let broken_off = || Err(text("fetching them was broken off"));
        let outcome = self.outcome.take().unwrap_or_else(broken_off);
        let serial = *self.until.borrow();
        let mut cache = self.jwks.write();
        if cache.ended >= serial {
            return;
        }
        match outcome {
            // As old as the question, which may have been answered at once.
            Ok(keys) => cache.hold(keys, self.now),
            // The pause begins when it has failed, which may be long after.
            Err(cause) => cache.fail(cause, self.now + self.begun.elapsed()),
        }
        cache.ended = serial;
    }
}

/// What a request does for its key.
enum Step {
    Use(Key),
    UseAndRefresh(Key),
    Wait,
    Refuse(TokenError),
}

impl Jwks {
    /// The keys of the instance that the secret key in `config` belongs to. Nothing is fetched yet.
    pub fn new(config: ClientConfig) -> Self {
        let timeout = config.timeout.unwrap_or(FETCH_TIMEOUT);
        let limit = config.max_response_bytes.unwrap_or(MAX_JWKS_BYTES);
        Self {
            // How soon keys are asked for again is decided here.
            client: jwks::Client::new(
                config
                    .max_response_bytes(limit.min(MAX_JWKS_BYTES))
                    .retry(RetryPolicy::none()),
            ),
            timeout,
            keep_for: KEEP_FOR,
            cache: Arc::default(),
        }
    }

    /// How long keys are used while Clerk cannot be reached; an hour by default.
    ///
    /// Longer means that an outage of Clerk is noticed later, and so is a key that was withdrawn.
    pub fn keep_for(mut self, limit: Duration) -> Self {
        self.keep_for = limit;
        self
    }

    /// Fetches the keys now, so that the first request need not wait and a wrong key shows at the start.
    ///
    /// # Errors
    ///
    /// [`TokenError::KeysUnavailable`], with the cause.
    pub async fn load(&self) -> Result<(), TokenError> {
        self.load_at(SystemTime::now()).await
    }

    pub(super) async fn load_at(&self, now: SystemTime) -> Result<(), TokenError> {
        let begun = self.write().begun;
        loop {
            let under_way = self.fetch(&mut self.write(), now);
            self.ended(under_way.ok_or_else(no_runtime)?, now).await;
            let cache = self.read();
            match &cache.failed {
                _ if cache.ended <= begun => {}
                None => return Ok(()),
                Some(failure) => return Err(failure.refusal()),
            }
        }
    }

    /// A key that can be used without any thought of fetching.
    pub(super) fn at_hand(&self, id: &str, now: SystemTime) -> Option<Key> {
        let cache = self.read();
        let held = cache.held.as_ref()?;
        (age(held.at, now) < REFRESH_AFTER).then(|| held.keys.get(id).cloned())?
    }

    /// The key of this id if it can be used without waiting, also where it had better be fetched anew: that
    /// begins then, in a runtime.
    pub(super) fn at_hand_or_due(&self, id: &str, now: SystemTime) -> Option<Key> {
        let mut cache = self.write();
        let is_pausing = cache.is_pausing(now);
        let held = cache.held.as_ref()?;
        let age = age(held.at, now);
        let key = held.keys.get(id).cloned();
        if age >= REFRESH_AFTER && !is_pausing {
            self.fetch(&mut cache, now);
        }
        key.filter(|_| age < self.keep_for)
    }

    /// The key of this id, fetched if need be.
    pub(super) async fn key(&self, id: &str, now: SystemTime) -> Result<Key, TokenError> {
        let mut begun = None;
        loop {
            let under_way = {
                let mut cache = self.write();
                let begun = *begun.get_or_insert(cache.begun);
                let has_asked = cache.ended > begun;
                match cache.step(id, now, self.keep_for, has_asked) {
                    Step::Use(key) => return Ok(key),
                    Step::UseAndRefresh(key) => {
                        self.fetch(&mut cache, now);
                        return Ok(key);
                    }
                    Step::Refuse(error) => return Err(error),
                    Step::Wait => self.fetch(&mut cache, now),
                }
            };
            self.ended(under_way.ok_or_else(no_runtime)?, now).await;
        }
    }

    /// Waits until a fetch ends. One that does not, or never began, as its runtime no longer runs it, counts as
    /// failed.
    async fn ended(&self, mut under_way: watch::Receiver<u64>, now: SystemTime) {
        let serial = *under_way.borrow();
        let limit = self.timeout.saturating_add(GRACE);
        // It never says anything more; it ends.
        let _ = tokio::time::timeout(limit, under_way.changed()).await;
        let mut cache = self.write();
        if cache.ended < serial {
            cache.under_way = None;
            cache.fail(text("fetching them did not end"), now + limit);
            cache.ended = serial;
        }
    }

    /// Joins the fetch under way, or begins one. It runs as a task of its own, so that nobody's request
    /// that is given up takes it along. `None` outside a runtime.
    fn fetch(&self, cache: &mut Cache, now: SystemTime) -> Option<watch::Receiver<u64>> {
        if let Some(under_way) = &cache.under_way
            && under_way.has_changed().is_ok()
        {
            return Some(under_way.clone());
        }
        let runtime = tokio::runtime::Handle::try_current().ok()?;
        cache.begun += 1;
        let (until, under_way) = watch::channel(cache.begun);
        cache.under_way = Some(under_way.clone());
        let mut fetch = Fetch {
            jwks: self.clone(),
            now,
            begun: Instant::now(),
            outcome: None,
            is_polled: false,
            until,
        };
        runtime.spawn(async move {
            fetch.is_polled = true;
            let outcome = fetch.jwks.get().await;
            fetch.outcome.replace(outcome);
        });
        Some(under_way)
    }

    async fn get(&self) -> Result<KeySet, Cause> {
        let response = self.client.get().timeout(self.timeout).await;
        let response = response.map_err(cause)?;
        let jwks: Value = serde_json::from_slice(response.body()).map_err(cause)?;
        KeySet::from_jwks(&jwks).map_err(cause)
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Cache> {
        let guard = self.cache.read();
        guard.unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, Cache> {
        let guard = self.cache.write();
        guard.unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Cache {
    /// What to do for the key of this id. `has_asked` says that a fetch which began after the request
    /// came has ended.
    fn step(&mut self, id: &str, now: SystemTime, keep_for: Duration, has_asked: bool) -> Step {
        let is_pausing = self.is_pausing(now);
        let held = self
            .held
            .as_ref()
            .map(|held| (age(held.at, now), &held.keys));
        let Some((age, keys)) = held.filter(|(age, _)| *age < keep_for) else {
            return match &self.failed {
                Some(failure) if is_pausing || has_asked => Step::Refuse(failure.refusal()),
                _ => Step::Wait,
            };
        };
        let Some(key) = keys.get(id).cloned() else {
            return self.step_for_unknown(now, is_pausing, has_asked);
        };
        match age {
            _ if age < REFRESH_AFTER || is_pausing || has_asked => Step::Use(key),
            // Who waited for an answer that did not come need not be followed by all others.
            _ if age < STALE_AFTER || self.failed.is_some() => Step::UseAndRefresh(key),
            _ => Step::Wait,
        }
    }

    /// A key that is not among those at hand may be new: while Clerk cannot be asked, that is all there is
    /// to say.
    fn step_for_unknown(&mut self, now: SystemTime, is_pausing: bool, has_asked: bool) -> Step {
        match &self.failed {
            Some(failure) if is_pausing || has_asked => return Step::Refuse(failure.refusal()),
            _ => {}
        }
        let is_under_way = self.begun > self.ended;
        match has_asked {
            true => Step::Refuse(TokenError::UnknownKey),
            false if is_under_way || self.for_unknown.take(now) => Step::Wait,
            false => Step::Refuse(TokenError::UnknownKey),
        }
    }

    fn is_pausing(&self, now: SystemTime) -> bool {
        let failed = self.failed.as_ref();
        failed.is_some_and(|failure| age(failure.at, now) < failure.pause)
    }

    fn hold(&mut self, keys: KeySet, at: SystemTime) {
        self.held = Some(Held { keys, at });
        self.failed = None;
    }

    fn fail(&mut self, cause: Cause, at: SystemTime) {
        let last = self.failed.as_ref().map(|failure| failure.pause);
        let pause = last.map_or(FIRST_PAUSE, |last| (last * 2).min(LONGEST_PAUSE));
        self.failed = Some(Failure { cause, at, pause });
    }
}

/// How long ago `then` was. A clock that was set back makes anything old; but requests that read the clock
/// one before the other may come the other way round.
fn age(then: SystemTime, now: SystemTime) -> Duration {
    match now.duration_since(then) {
        Ok(age) => age,
        Err(ahead) if ahead.duration() < Duration::from_secs(60) => Duration::ZERO,
        Err(_) => Duration::MAX,
    }
}

fn cause(error: impl StdError + Send + Sync + 'static) -> Cause {
    Arc::new(error)
}

fn text(reason: &'static str) -> Cause {
    Box::<dyn StdError + Send + Sync>::from(reason).into()
}

fn no_runtime() -> TokenError {
    TokenError::KeysUnavailable(text("fetching them needs a tokio runtime"))
}

impl fmt::Debug for Jwks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Jwks");
        debug.field("client", &self.client);
        debug.field("keep_for", &self.keep_for);
        debug.finish_non_exhaustive()
    }
}
