//! A limit on how many calls go out, so that the API need not refuse any.

mod rules;
mod window;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::Method;
use tokio::time::Instant;

use rules::{PUBLISHED, Rule};
use window::Window;

/// Holds calls back so that no more go out in a period than the API takes; off unless it is set.
///
/// A call waits for its turn, within its time limit: where the turn comes later than that, it fails at once
/// with [`TimeoutPhase::RateLimit`](crate::TimeoutPhase::RateLimit), and nothing is sent. Each attempt of a
/// call takes a turn. Where the API answers 429 all the same, calls to that route are held back for as long as
/// it asks for (`Retry-After`).
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
    turns: Arc<Mutex<Turns>>,
}

/// What was let through, and what is held back.
#[derive(Default)]
struct Turns {
    /// By rule, and by path where the rule counts each path for itself.
    windows: HashMap<(usize, String), Window>,
    /// Routes that the API refused, and until when.
    held: HashMap<(Method, &'static str), Instant>,
    /// How many windows there may be before the old ones are looked for.
    most: usize,
}

/// A call that asks for a turn.
pub(crate) struct Asking<'a> {
    pub(crate) method: &'a Method,
    pub(crate) template: &'static str,
    pub(crate) path: &'a str,
    /// Whether the key is one of a production instance, which may do more.
    pub(crate) is_live: bool,
}

/// How long a route is held back where the API does not say.
const UNTOLD_HOLD: Duration = Duration::from_secs(1);
/// The longest that a route is held back, whatever the API says.
const LONGEST_HOLD: Duration = Duration::from_secs(3600);
/// Periods are added to instants, which end somewhere.
const LONGEST_PERIOD: Duration = Duration::from_secs(365 * 24 * 3600);
const FEW_WINDOWS: usize = 1024;

impl RateLimit {
    /// The limits that Clerk publishes, those of a production or a development instance as the key says:
    ///
    /// | route | limit |
    /// |---|---|
    /// | all but `GET /jwks` | production 1,000, development 100 in 10 s |
    /// | `POST /invitations` | 100 in 1 h |
    /// | `POST /invitations/bulk` | 25 in 1 h |
    /// | `POST /organizations/{organization_id}/invitations` | 250 in 1 h |
    /// | `POST /organizations/{organization_id}/invitations/bulk` | 50 in 1 h |
    /// | `PATCH /users/{user_id}` | 10 in 10 s for each user |
    /// | `PATCH` and `PUT /users/{user_id}/metadata` | 10 in 10 s for each user |
    ///
    /// In no period, wherever it begins, do more go out.
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
            turns: Arc::default(),
        }
    }

    /// Keeps to an equal share of the limits, where so many processes call with the same key; each route still
    /// gets one call in its period.
    pub fn shared_by(mut self, processes: u32) -> Self {
        self.processes = processes.max(1);
        self
    }

    /// Takes the next turn and says how long it is until then.
    ///
    /// # Errors
    ///
    /// Where that is longer than `patience`: no turn is taken.
    pub(crate) fn take(&self, asking: &Asking<'_>, patience: Duration) -> Result<Duration, ()> {
        let now = Instant::now();
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.forget(now);
        let route = (asking.method.clone(), asking.template);
        let mut turn = turns.held.get(&route).map_or(now, |end| now.max(*end));
        let rules = self.rules.iter().enumerate();
        let rules: Vec<_> = rules.filter(|(_, rule)| rule.covers(asking)).collect();
        for (place, rule) in &rules {
            let window = turns.window(*place, rule.key(asking), now, rule.period);
            turn = turn.max(window.next(now, rule.calls(asking, self.processes)));
        }
        let wait = turn - now;
        if wait > patience {
            return Err(());
        }
        for (place, rule) in &rules {
            let window = turns.window(*place, rule.key(asking), now, rule.period);
            window.take(turn);
        }
        Ok(wait)
    }

    /// Holds a route back that the API has refused.
    pub(crate) fn hold(&self, asking: &Asking<'_>, told: Option<Duration>) {
        let hold = told.unwrap_or(UNTOLD_HOLD).min(LONGEST_HOLD);
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        let route = (asking.method.clone(), asking.template);
        let end = turns.held.entry(route).or_insert_with(Instant::now);
        *end = (*end).max(Instant::now() + hold);
    }
}

impl Turns {
    fn window(&mut self, rule: usize, key: &str, now: Instant, period: Duration) -> &mut Window {
        let window = self.windows.entry((rule, key.to_owned()));
        let window = window.or_insert_with(|| Window::new(period));
        window.forget(now);
        window
    }

    /// Drops what no longer holds anything back, now and then: each user of an instance may have a window.
    fn forget(&mut self, now: Instant) {
        if self.windows.len() <= self.most.max(FEW_WINDOWS) {
            return;
        }
        self.held.retain(|_, end| *end > now);
        self.windows.retain(|_, window| {
            window.forget(now);
            !window.is_empty()
        });
        self.most = 2 * self.windows.len();
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
