//! [`RedisRateLimit`]: gives calls permits that Redis counts for all processes.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::fallback::RedisFallback;
use super::link::Link;
use super::permit::Permit;
use super::queue::Queue;
use super::queue_settings::QueueSettings;
use super::registry::{QueueId, Registry};
use super::report;
use super::unavailable::Unavailable;
use super::waiter::{Decision, OnDelay};
use crate::error::InvalidArgument;
use crate::rate_limit::cooldown::{BlockedRoute, cooldown_time};
use crate::rate_limit::limiter::RateLimit;
use crate::rate_limit::rate_limit_permit::RateLimitPermit;
use crate::rate_limit::rate_limited_call::RateLimitedCall;
use crate::rate_limit::rate_limiter::{RateLimitError, RateLimitFuture, RateLimiter};
use crate::rate_limit::window::Window;

/// A [`RateLimit`] that all processes share that call Clerk with the same secret key: Redis, or Valkey, counts their
/// calls together. It keeps the promises of [`RateLimit`] for the calls of all of them.
///
/// While permits are free, an attempt waits for one round trip to Redis; calls that start meanwhile share the next. While
/// the limit is used up, a process asks again for all its waiting calls at once. A permit that comes back soon is granted
/// ahead of time.
///
/// If Redis is known to be unavailable, a call does at once what the [`RedisFallback`] says; also if Redis does not respond
/// within 5 ms ([`max_delay`](Self::max_delay)). While few permits are left, a call waits longer, but less than half a
/// second: a server that is only slow may have granted them to other processes. The process connects again in the
/// background. If Redis has lost the permits that are in use, for example because it was restarted without persistence,
/// calls use the fallback until the period of their limits has passed. With the feature `tracing`, the reason is logged
/// once, and is in the span of each call that uses the fallback.
///
/// A 429 response that one process receives blocks the route in all of them. Calls outside a tokio runtime use the
/// fallback.
///
/// The keys in Redis start with `clerk-sdk:`, contain digests only, and expire. Those of one secret key have a hash tag in
/// common, so a cluster has them on one node; the URL must be of that node, or of a proxy. Redis 5 or later is needed.
///
/// ```
/// use clerk_sdk::{ClientConfig, RateLimit, RedisFallback, RedisRateLimit};
///
/// # fn run() -> clerk_sdk::Result<()> {
/// let limit = RedisRateLimit::new(
///     "redis://127.0.0.1/",
///     RateLimit::clerk_limits(),
///     RedisFallback::OwnShare { processes: 50 },
/// )?;
/// let config = ClientConfig::new("sk_live_…").rate_limit(limit);
/// # let _ = config;
/// # Ok(())
/// # }
/// # run().unwrap();
/// ```
#[derive(Clone)]
#[must_use = "a setter returns the changed value: assign it, or pass it on"]
pub struct RedisRateLimit {
    fallback: RedisFallback,
    /// The cool-downs, and the limits of this process alone.
    local: RateLimit,
    link: Arc<Link>,
    queues: Arc<Registry>,
    max_delay: Duration,
    max_attempt_time: Duration,
}

const DEFAULT_MAX_DELAY: Duration = Duration::from_millis(5);
const DEFAULT_MAX_ATTEMPT_TIME: Duration = Duration::from_secs(60);

impl RedisRateLimit {
    /// Shares `limits` through the Redis server with this URL: `redis://user:password@host:port/database`, or `rediss://…`
    /// for TLS, which needs the feature `redis-rustls` or `redis-native-tls`. Nothing is connected before the first call.
    ///
    /// All processes need the same limits. [`RateLimit::divided_by`] has no effect on them.
    ///
    /// # Errors
    ///
    /// Returns an [`InvalidArgument`] if the URL is not valid.
    pub fn new(
        url: &str,
        limits: RateLimit,
        fallback: RedisFallback,
    ) -> Result<Self, InvalidArgument> {
        // The error of the crate may contain parts of the URL, and so the password.
        let client = redis::Client::open(url).map_err(|_| {
            let reason = "not a URL of Redis, or one with `rediss` without a feature for TLS";
            InvalidArgument::new("url", reason)
        })?;
        let local = match fallback {
            RedisFallback::OwnShare { processes } => limits.divided_by(processes),
            RedisFallback::Pass | RedisFallback::Refuse => limits,
        };
        Ok(Self {
            fallback,
            local,
            link: Arc::new(Link::new(client)),
            queues: Arc::default(),
            max_delay: DEFAULT_MAX_DELAY,
            max_attempt_time: DEFAULT_MAX_ATTEMPT_TIME,
        })
    }

    /// Sets how long a call waits for a response of Redis before it uses the fallback; 5 ms by default. While few permits
    /// are left it waits longer: the [guide](crate::guide::many_processes) has the times. With [`RedisFallback::Refuse`], a
    /// call waits until Redis counts as unavailable: half a second without a response.
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// Sets the longest time that an attempt may take; 60 seconds by default. It must not be less than
    /// [`ClientConfig::attempt_timeout`](crate::ClientConfig::attempt_timeout) and the time that calls wait for
    /// [`ClientConfig::max_in_flight`](crate::ClientConfig::max_in_flight).
    ///
    /// The permits of a process that has failed are free again after this time and the period of the limit.
    pub fn max_attempt_time(mut self, time: Duration) -> Self {
        self.max_attempt_time = time;
        self
    }

    /// Opens the connection, so that the first calls do not have to. Without it, calls use the fallback if opening the
    /// connection takes longer than [`max_delay`](Self::max_delay), as it does with TLS.
    ///
    /// Returns whether Redis is available; [`unavailable_reason`](Self::unavailable_reason) tells why not.
    pub async fn connect(&self) -> bool {
        self.link.open().await
    }

    /// Why Redis is not available, for health checks; `None` if it is, or if no call has needed it yet.
    pub fn unavailable_reason(&self) -> Option<&'static str> {
        self.link.unavailable().map(Unavailable::as_str)
    }

    /// The queue of a call, or `None` if no limit applies to it.
    fn queue(&self, call: &RateLimitedCall<'_>, route: &BlockedRoute) -> Option<Arc<Queue>> {
        let quotas = self.local.shared_quotas(call);
        if quotas.is_empty() {
            return None;
        }
        let id = QueueId {
            route: route.clone(),
            is_low_priority: call.is_low_priority,
        };
        Some(self.queues.queue(id, || {
            Queue::new(QueueSettings {
                link: self.link.clone(),
                route,
                authorization: call.authorization,
                rules: quotas
                    .into_iter()
                    .map(|quota| (self.local.rule_name(&quota), quota))
                    .collect(),
                is_low_priority: call.is_low_priority,
                max_delay: self.max_delay,
                max_attempt_time: self.max_attempt_time,
                processes: match self.fallback {
                    RedisFallback::OwnShare { processes } => processes as usize,
                    RedisFallback::Pass | RedisFallback::Refuse => 1,
                },
            })
        }))
    }

    async fn acquire_shared(
        &self,
        call: &RateLimitedCall<'_>,
        max_wait: Duration,
    ) -> Result<RateLimitPermit, RateLimitError> {
        let deadline = Instant::now().checked_add(max_wait);
        let route = self.local.blocked_route(call);
        let Some(queue) = self.queue(call, &route) else {
            return self.local.acquire(*call, max_wait).await;
        };
        if tokio::runtime::Handle::try_current().is_err() {
            return self.fall_back(call, queue, deadline).await;
        }
        let mut on_delay = match self.fallback {
            RedisFallback::Refuse => OnDelay::Wait,
            _ => OnDelay::Tell,
        };
        loop {
            match self.local.cooldown_end(&route) {
                Some(end) if deadline.is_some_and(|deadline| end > deadline) => {
                    return Err(RateLimitError::exceeded());
                }
                Some(end) => tokio::time::sleep_until(end).await,
                None => match queue.ask(deadline, on_delay, self.own_share(call)).await {
                    Decision::Granted(permit) => {
                        tokio::time::sleep_until(permit.start).await;
                        // A cool-down may have started in the meantime; the permit is dropped then.
                        if self.local.cooldown_end(&route).is_none() {
                            report::count_granted();
                            return Ok(RateLimitPermit::new(permit.into_used()));
                        }
                    }
                    Decision::Blocked(rest) => self.local.start_cooldown(route.clone(), rest),
                    Decision::Exceeded => return Err(RateLimitError::exceeded()),
                    Decision::Unavailable(reason) => {
                        report::record_fallback(reason);
                        return self.fall_back(call, queue, deadline).await;
                    }
                    Decision::Delayed => {
                        // The call takes the first permit that there is, from Redis or of its own share.
                        on_delay = OnDelay::TellAgain;
                        let now = Some(Instant::now());
                        if let Ok(permit) = self.fall_back(call, queue.clone(), now).await {
                            report::record_fallback(Unavailable::NoResponse);
                            return Ok(permit);
                        }
                    }
                },
            }
        }
    }

    /// The windows of this process's own share. Calls that Redis permits count towards them too, so that the share is not
    /// exceeded if Redis is not available a moment later.
    fn own_share(&self, call: &RateLimitedCall<'_>) -> Vec<Arc<Window>> {
        match self.fallback {
            RedisFallback::OwnShare { .. } => self.local.windows(call),
            RedisFallback::Pass | RedisFallback::Refuse => Vec::new(),
        }
    }

    /// Does without Redis, which counts the call afterwards.
    async fn fall_back(
        &self,
        call: &RateLimitedCall<'_>,
        queue: Arc<Queue>,
        deadline: Option<Instant>,
    ) -> Result<RateLimitPermit, RateLimitError> {
        match self.fallback {
            RedisFallback::OwnShare { .. } => {
                let max_wait = deadline.map_or(Duration::MAX, |deadline| {
                    deadline.saturating_duration_since(Instant::now())
                });
                let permit = self.local.acquire(*call, max_wait).await?;
                Ok(RateLimitPermit::new((Permit::uncounted(queue), permit)))
            }
            RedisFallback::Pass => Ok(RateLimitPermit::new(Permit::uncounted(queue))),
            RedisFallback::Refuse => Err(RateLimitError::exceeded()),
        }
    }
}

impl RateLimiter for RedisRateLimit {
    fn acquire<'a>(&'a self, call: RateLimitedCall<'a>, max_wait: Duration) -> RateLimitFuture<'a> {
        Box::pin(async move { self.acquire_shared(&call, max_wait).await })
    }

    /// Blocks the route of the call in all processes.
    fn on_rejected(&self, call: RateLimitedCall<'_>, retry_after: Option<Duration>) {
        self.local.on_rejected(call, retry_after);
        let route = self.local.blocked_route(&call);
        if let Some(queue) = self.queue(&call, &route) {
            queue.start_cooldown(cooldown_time(retry_after));
        }
    }
}

/// Shows nothing of the URL, which contains a password.
impl fmt::Debug for RedisRateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisRateLimit")
            .field("limits", &self.local)
            .field("fallback", &self.fallback)
            .field("max_delay", &self.max_delay)
            .field("max_attempt_time", &self.max_attempt_time)
            .finish_non_exhaustive()
    }
}
