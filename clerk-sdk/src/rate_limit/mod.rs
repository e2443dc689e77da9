//! A limit on how many calls go out, so that the API need not refuse any.

mod rules;
mod turn;
mod turns;
mod window;

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::{HeaderValue, Method};
use tokio::time::Instant;

use rules::{PUBLISHED, Rule};
use turn::Turn;
use turns::{Refused, Turns};

/// Holds calls back so that no more go out in a period than the API takes; off unless it is set.
///
/// A call waits for its turn, within its time limit: where the turn comes too late to leave time for an answer
/// (a tenth of the limit, a second at most), it fails as soon as that is known, with
/// [`TimeoutPhase::RateLimit`](crate::TimeoutPhase::RateLimit), and nothing is sent. Each attempt of a call takes
/// a turn; a call that is dropped while it waits gives its turn back. What waits for the limit of its own route
/// does not hold back other routes.
///
/// Where the API answers 429 all the same, calls to that route with that key are held back for as long as it asks
/// for (`Retry-After`), those that wait already too: for a second where it does not say, and a minute at most.
/// Where each user has a limit, that goes for the user alone.
///
/// Nothing can wait outside a tokio runtime: there, a call whose turn has not come fails at once.
///
/// Clones share their turns, and so do all the clients that are given one: make one for each instance of Clerk,
/// and share it.
///
/// ```
/// use clerk_sdk::{ClientConfig, RateLimit, organization, user};
///
/// let config = ClientConfig::new("sk_live_…").rate_limit(RateLimit::published());
/// let users = user::Client::new(config.clone());
/// let organizations = organization::Client::new(config);
/// ```
#[derive(Clone)]
pub struct RateLimit {
    rules: Arc<[Rule]>,
    processes: u32,
    keys: RandomState,
    turns: Arc<Mutex<Turns>>,
}

/// A call that asks for a turn.
pub(crate) struct Asking<'a> {
    pub(crate) method: &'a Method,
    pub(crate) template: &'static str,
    pub(crate) path: &'a str,
    /// The `Authorization` header.
    pub(crate) key: Option<&'a HeaderValue>,
}

impl Asking<'_> {
    /// Whether the key is one of a production instance, which may do more.
    fn is_live(&self) -> bool {
        let live = |key: &HeaderValue| key.as_bytes().starts_with(b"Bearer sk_live_");
        self.key.is_some_and(live)
    }
}

/// The turn comes later than the call can wait.
pub(crate) struct TooLate;

/// How long a route is held back where the API does not say.
const UNTOLD_HOLD: Duration = Duration::from_secs(1);
/// The longest that a route is held back, whatever the API says: if that was a mistake, the next call finds out.
const LONGEST_HOLD: Duration = Duration::from_secs(60);
/// Periods are added to instants, which end somewhere.
const LONGEST_PERIOD: Duration = Duration::from_secs(365 * 24 * 3600);

impl RateLimit {
    /// The limits that Clerk publishes, those of a production or a development instance as the key says:
    ///
    /// | route | limit |
    /// |---|---|
    /// | all but `GET /jwks` and what takes no key | production 1,000, development 100 in 10 s |
    /// | `POST /invitations` | 100 in 1 h |
    /// | `POST /invitations/bulk` | 25 in 1 h |
    /// | `POST /organizations/{organization_id}/invitations` | 250 in 1 h |
    /// | `POST /organizations/{organization_id}/invitations/bulk` | 50 in 1 h |
    /// | `PATCH /users/{user_id}` | 10 in 10 s for each user |
    /// | `PATCH` and `PUT /users/{user_id}/metadata` | 10 in 10 s for each user |
    ///
    /// In no period, wherever it begins, do more go out: each counts from when it goes out, also where that is late.
    pub fn published() -> Self {
        Self::of(PUBLISHED.into())
    }

    /// At most so many calls in any such period, whichever calls they are; at least one, and a year at most.
    pub fn new(calls: u32, period: Duration) -> Self {
        Self::of([Rule::all(calls, period.min(LONGEST_PERIOD))].into())
    }

    fn of(rules: Arc<[Rule]>) -> Self {
        Self {
            rules,
            processes: 1,
            keys: RandomState::new(),
            turns: Arc::default(),
        }
    }

    /// Keeps to an equal share of the limits, where so many processes call with the same key; each route still
    /// gets one call in its period.
    pub fn shared_by(mut self, processes: u32) -> Self {
        self.processes = processes.max(1);
        self
    }

    /// Waits until the call may go out, and counts it.
    ///
    /// # Errors
    ///
    /// Where it would have to wait beyond `latest`: it is not counted.
    pub(crate) async fn wait(
        &self,
        asking: &Asking<'_>,
        latest: Option<Instant>,
    ) -> Result<(), TooLate> {
        let mut turn = Turn::new(self, asking);
        while let Err(until) = turn.look() {
            if latest.is_some_and(|latest| until > latest) {
                return Err(TooLate);
            }
            tokio::time::sleep_until(until).await;
        }
        turn.go();
        Ok(())
    }

    /// Counts a call that cannot wait.
    ///
    /// # Errors
    ///
    /// Where it may not go out now: it is not counted.
    pub(crate) fn go_now(&self, asking: &Asking<'_>) -> Result<(), TooLate> {
        let mut turn = Turn::new(self, asking);
        turn.look().map_err(|_| TooLate)?;
        turn.go();
        Ok(())
    }

    /// Holds back what the API has refused.
    pub(crate) fn hold(&self, asking: &Asking<'_>, told: Option<Duration>) {
        let told = told.filter(|told| !told.is_zero());
        let hold = told.unwrap_or(UNTOLD_HOLD).min(LONGEST_HOLD);
        let refused = self.refused(asking);
        self.turns().hold(refused, Instant::now() + hold);
    }

    /// What is refused with this call.
    fn refused(&self, asking: &Asking<'_>) -> Refused {
        let rules = self.rules.iter().filter(|rule| rule.covers(asking));
        let path = rules.map(|rule| rule.path(asking)).max();
        let path = path.unwrap_or_default().to_owned();
        let key = self.keys.hash_one(asking.key);
        (asking.method.clone(), asking.template, path, key)
    }

    fn turns(&self) -> MutexGuard<'_, Turns> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimit")
            .field("rules", &self.rules)
            .field("processes", &self.processes)
            .finish_non_exhaustive()
    }
}
