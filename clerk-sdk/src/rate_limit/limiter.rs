//! [`RateLimit`]: gives calls their permits.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::cooldown::BlockedRoute;
use super::limiter_state::SharedState;
use super::published_limits::PUBLISHED_LIMITS;
use super::rate_limit_permit::RateLimitPermit;
use super::rate_limited_call::RateLimitedCall;
use super::rate_limiter::{RateLimitError, RateLimitFuture, RateLimiter};
#[cfg(feature = "redis")]
use super::rule::Quota;
use super::rule::{self, Rule};
use super::window::{Window, WindowPermit};

/// A limit on how many calls a client sends in a period, so that the API does not have to reject any. There is none
/// unless you set it with [`ClientConfig::rate_limit`](crate::ClientConfig::rate_limit).
///
/// Each attempt of a call waits for a permit, within the time limit of the call. If the permit would leave too
/// little time for a response (a tenth of the call's limit, at most one second), the call fails at once with
/// [`TimeoutPhase::RateLimit`](crate::TimeoutPhase::RateLimit), and nothing is sent. A call that is dropped while it
/// waits leaves its permit to others. Calls that wait for the limit of their own route do not delay calls to other
/// routes.
///
/// The API counts a request when it arrives, which may be at any time until the response. An attempt therefore counts
/// from its permit until a period after its end, and a margin of a hundredth of the period, between one and 100
/// milliseconds, in which a cancelled request may still arrive. The API then never counts more calls than the limit in
/// a period, however much the latency varies. The limit applies to the period plus the margin and the response time: if
/// responses take 200 ms, a limit of 1,000 calls in 10 s allows 1,000 calls in 10.3 s.
///
/// If the API responds with 429 nevertheless, calls to that route with that key are blocked for a cool-down,
/// including those that are waiting already. It lasts as long as `Retry-After` says but at most one minute, or one
/// second if the response does not say. If the route has a limit for each user, only calls for that user are blocked.
///
/// Calls of [low priority](RateLimitedCall::is_low_priority) leave half of each limit to others, and do not wait.
///
/// Outside a tokio runtime a call cannot wait: it fails at once if there is no permit.
///
/// Clones share their permits, and so do all clients that are configured with them: create one limit for each Clerk
/// instance, and share it.
///
/// ```
/// use clerk_sdk::{ClientConfig, RateLimit, organization, user};
///
/// let config = ClientConfig::new("sk_live_…").rate_limit(RateLimit::clerk_limits());
/// let users = user::Client::new(config.clone());
/// let organizations = organization::Client::new(config);
/// ```
#[derive(Clone)]
#[must_use = "a setter returns the changed value: assign it, or pass it on"]
pub struct RateLimit {
    rules: Arc<[Rule]>,
    processes: u32,
    key_hasher: RandomState,
    state: Arc<SharedState>,
}

/// Bounds the period, as adding a longer one to an [`Instant`] could overflow.
const MAX_PERIOD: Duration = Duration::from_secs(365 * 24 * 3600);

impl RateLimit {
    /// Uses the limits that Clerk publishes, for a production or a development instance depending on the key:
    ///
    /// | route | limit |
    /// |---|---|
    /// | all except `GET /jwks` and operations that take no key | 1,000 in 10 s in production, 100 in 10 s in development |
    /// | `POST /invitations` | 100 in 1 h |
    /// | `POST /invitations/bulk` | 25 in 1 h |
    /// | `POST /organizations/{organization_id}/invitations` | 250 in 1 h |
    /// | `POST /organizations/{organization_id}/invitations/bulk` | 50 in 1 h |
    /// | `PATCH /users/{user_id}` | 10 in 10 s for each user |
    /// | `PATCH` and `PUT /users/{user_id}/metadata` | 10 in 10 s for each user |
    ///
    /// The limits are sliding windows: no period of that length contains more calls, whenever it begins.
    pub fn clerk_limits() -> Self {
        Self::with_rules(PUBLISHED_LIMITS.into())
    }

    /// Allows at most `calls` calls in any `period`, across all routes. `calls` is raised to at least one; `period` is
    /// capped at one year.
    pub fn new(calls: u32, period: Duration) -> Self {
        Self::with_rules([Rule::for_all_routes(calls, period.min(MAX_PERIOD))].into())
    }

    fn with_rules(rules: Arc<[Rule]>) -> Self {
        Self {
            rules,
            processes: 1,
            key_hasher: RandomState::new(),
            state: Arc::default(),
        }
    }

    /// Divides the limits equally among this many processes that call with the same key. Each limit still allows at
    /// least one call in its period.
    pub fn divided_by(mut self, processes: u32) -> Self {
        self.processes = processes.max(1);
        self
    }

    /// The quotas of the call if all processes share the limits.
    #[cfg(feature = "redis")]
    pub(super) fn shared_quotas(&self, call: &RateLimitedCall<'_>) -> Vec<Quota> {
        rule::quotas(&self.rules, call, 1)
    }

    /// What the rule of a quota counts, as a name that is the same in every process.
    #[cfg(feature = "redis")]
    pub(super) fn rule_name(&self, quota: &Quota) -> String {
        self.rules[quota.window.rule].name()
    }

    /// Blocks a route for a while.
    #[cfg(feature = "redis")]
    pub(super) fn start_cooldown(&self, route: BlockedRoute, wait: Duration) {
        let mut state = self.state.lock();
        state.cooldowns.start(route, Some(wait), Instant::now());
    }

    /// The windows that count the call, in the order in which it acquires their permits.
    pub(super) fn windows(&self, call: &RateLimitedCall<'_>) -> Vec<Arc<Window>> {
        let quotas = rule::quotas(&self.rules, call, self.processes);
        let mut state = self.state.lock();
        state.prune(Instant::now());
        let windows = quotas.into_iter().map(|quota| state.window(quota));
        windows.collect()
    }

    /// The end of the route's cool-down, if there is one now.
    pub(super) fn cooldown_end(&self, route: &BlockedRoute) -> Option<Instant> {
        self.state.lock().cooldowns.end(route, Instant::now())
    }

    /// The route that a cool-down blocks after a 429 response to this call.
    pub(super) fn blocked_route(&self, call: &RateLimitedCall<'_>) -> BlockedRoute {
        let rules = self.rules.iter().filter(|rule| rule.covers(call));
        let path = rules.map(|rule| rule.counted_path(call)).max();
        BlockedRoute {
            method: call.method.clone(),
            template: call.template.clone(),
            path: path.unwrap_or_default().to_owned(),
            key_hash: self.key_hasher.hash_one(call.authorization),
        }
    }
}

impl RateLimiter for RateLimit {
    fn acquire<'a>(&'a self, call: RateLimitedCall<'a>, max_wait: Duration) -> RateLimitFuture<'a> {
        Box::pin(async move {
            let deadline = Instant::now().checked_add(max_wait);
            let route = self.blocked_route(&call);
            let windows = self.windows(&call);
            loop {
                match self.cooldown_end(&route) {
                    Some(end) if deadline.is_some_and(|deadline| end > deadline) => {
                        return Err(RateLimitError::exceeded());
                    }
                    Some(end) => tokio::time::sleep_until(end).await,
                    None => {
                        let permits = match call.is_low_priority {
                            true => acquire_spare(&windows)?,
                            false => acquire_all(&windows, deadline).await?,
                        };
                        // A cool-down that has started in the meantime blocks the call, and its permits are dropped.
                        if self.cooldown_end(&route).is_none() {
                            let used = permits.into_iter().map(WindowPermit::into_used);
                            return Ok(RateLimitPermit::new(used.collect::<Vec<_>>()));
                        }
                    }
                }
            }
        })
    }

    /// Blocks the route of the call.
    fn on_rejected(&self, call: RateLimitedCall<'_>, retry_after: Option<Duration>) {
        let route = self.blocked_route(&call);
        let mut state = self.state.lock();
        state.cooldowns.start(route, retry_after, Instant::now());
    }
}

/// Acquires a permit of each window, one after the other: a call that waits for the limit of its own route takes
/// nothing of the limit of all routes.
///
/// # Errors
///
/// Fails at once if the wait for any of them would exceed the deadline.
async fn acquire_all(
    windows: &[Arc<Window>],
    deadline: Option<Instant>,
) -> Result<Vec<WindowPermit>, RateLimitError> {
    let now = Instant::now();
    let least_wait = windows.iter().map(|window| window.least_wait(now)).max();
    if deadline.is_some_and(|deadline| least_wait > Some(deadline.saturating_duration_since(now))) {
        return Err(RateLimitError::exceeded());
    }
    let mut permits = Vec::with_capacity(windows.len());
    for window in windows {
        permits.push(window.acquire(deadline).await?);
    }
    Ok(permits)
}

/// Takes a permit of each window if half of its permits are free besides.
///
/// # Errors
///
/// Fails if a window has fewer.
fn acquire_spare(windows: &[Arc<Window>]) -> Result<Vec<WindowPermit>, RateLimitError> {
    let permits = windows.iter().map(Window::try_acquire_spare);
    let permits: Option<_> = permits.collect();
    permits.ok_or_else(RateLimitError::exceeded)
}

impl fmt::Debug for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimit")
            .field("rules", &self.rules)
            .field("processes", &self.processes)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, Method};

    use std::borrow::Cow;

    use super::{RateLimit, RateLimitedCall};
    use crate::rate_limit::cooldown::BlockedRoute;

    fn blocked_route(
        limit: &RateLimit,
        method: Method,
        path: &str,
        key: &'static str,
    ) -> BlockedRoute {
        limit.blocked_route(&RateLimitedCall {
            method: &method,
            template: &Cow::Borrowed("/users/{user_id}"),
            path,
            authorization: Some(&HeaderValue::from_static(key)),
            is_low_priority: false,
        })
    }

    #[test]
    fn a_cooldown_blocks_a_route_and_a_single_user_if_each_has_a_limit() {
        let limit = RateLimit::clerk_limits();
        let get = |path| blocked_route(&limit, Method::GET, path, "Bearer sk_test_1");
        let update = |path| blocked_route(&limit, Method::PATCH, path, "Bearer sk_test_1");
        assert_eq!(get("/users/user_1"), get("/users/user_2"));
        assert_ne!(update("/users/user_1"), update("/users/user_2"));
    }

    #[test]
    fn a_cooldown_blocks_a_single_method() {
        let limit = RateLimit::clerk_limits();
        let with_method =
            |method| blocked_route(&limit, method, "/users/user_1", "Bearer sk_test_1");
        assert_ne!(with_method(Method::GET), with_method(Method::DELETE));
    }

    #[test]
    fn a_cooldown_blocks_a_single_key() {
        let limit = RateLimit::clerk_limits();
        let with_key = |key| blocked_route(&limit, Method::GET, "/users/user_1", key);
        assert_eq!(with_key("Bearer sk_test_1"), with_key("Bearer sk_test_1"));
        assert_ne!(with_key("Bearer sk_test_1"), with_key("Bearer sk_test_2"));
    }
}
