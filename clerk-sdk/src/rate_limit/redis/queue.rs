//! The calls that wait for permits of the same windows. While there are any, a task asks Redis for the permits of all of
//! them at once, and gives back those that were used.

use std::mem;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::HeaderValue;
use tokio::sync::{Notify, oneshot};
use tokio::time::{Instant, timeout, timeout_at};

use super::keys;
use super::link::Link;
use super::permit::Permit;
use super::queue_state::{QueueState, Step, Waiter};
use super::script::{PermitRequest, PermitResponse, Returned, SharedWindow};
use super::unavailable::Unavailable;
use crate::rate_limit::cooldown::BlockedRoute;
use crate::rate_limit::permits::margin;
use crate::rate_limit::rule::Quota;
use crate::rate_limit::window::Window;

/// The task forgets permits that have come back while Redis is not available.
const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// The part of the longest delay that is left for another look at the connection.
const SECOND_LOOK_PART: u32 = 5;

/// What a call that waits is told.
pub(super) enum Decision {
    Granted(Permit),
    /// The route has a cool-down for this time.
    Blocked(Duration),
    /// The permit would come too late.
    Exceeded,
    Unavailable(Unavailable),
    /// Redis has not responded in the time that a call may be delayed.
    Delayed,
}

pub(super) struct QueueSettings<'a> {
    pub(super) link: Arc<Link>,
    pub(super) route: &'a BlockedRoute,
    pub(super) authorization: Option<&'a HeaderValue>,
    /// The quotas of the calls, with the names of their rules.
    pub(super) rules: Vec<(String, Quota)>,
    pub(super) is_low_priority: bool,
    pub(super) max_delay: Duration,
    pub(super) max_attempt_time: Duration,
    /// How many processes use the fallback at the same time.
    pub(super) processes: usize,
}

pub(super) struct Queue {
    link: Arc<Link>,
    cooldown_key: String,
    windows: Vec<SharedWindow>,
    max_delay: Duration,
    state: Mutex<QueueState>,
    /// There is something new to do.
    changed: Notify,
}

impl Queue {
    pub(super) fn new(settings: QueueSettings<'_>) -> Self {
        let prefix = keys::instance_prefix(settings.authorization);
        let windows = settings
            .rules
            .into_iter()
            .map(|(rule, quota)| SharedWindow {
                key: keys::window_key(&prefix, &rule, &quota.window.path),
                limit: quota.window.max_calls,
                return_time: quota.period + margin(quota.period),
            });
        let windows: Vec<_> = windows.collect();
        let state = QueueState::new(
            &windows,
            settings.is_low_priority,
            settings.max_attempt_time,
            settings.max_delay - settings.max_delay / SECOND_LOOK_PART,
            settings.processes.max(1),
        );
        Self {
            link: settings.link,
            cooldown_key: keys::cooldown_key(&prefix, settings.route),
            windows,
            max_delay: settings.max_delay,
            state: Mutex::new(state),
            changed: Notify::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, QueueState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks for a permit, and waits until there is one. A call that `reports_delay` is told if
    /// Redis does not respond soon.
    pub(super) async fn ask(
        self: &Arc<Self>,
        deadline: Option<Instant>,
        reports_delay: bool,
        own_share: Vec<Arc<Window>>,
    ) -> Decision {
        if let Some(reason) = self.unavailable() {
            return Decision::Unavailable(reason);
        }
        let (decide, decision) = oneshot::channel();
        let is_first = {
            let now = Instant::now();
            let mut state = self.state();
            if state.is_too_late(deadline, now) {
                return Decision::Exceeded;
            }
            let delayed_at = now.checked_add(self.max_delay - self.max_delay / SECOND_LOOK_PART);
            let delayed_at = delayed_at.filter(|_| reports_delay);
            state.push(Waiter {
                deadline,
                delayed_at,
                own_share,
                decide,
            })
        };
        self.work(is_first);
        // The task drops the calls that wait if its runtime ends.
        let dropped = Decision::Unavailable(Unavailable::NoResponse);
        decision.await.unwrap_or(dropped)
    }

    /// Takes a permit back.
    pub(super) fn give_back(self: &Arc<Self>, returned: Returned) {
        let is_urgent = self.state().give_back(returned, Instant::now());
        self.work(is_urgent);
    }

    /// Blocks the route in all processes.
    pub(super) fn start_cooldown(self: &Arc<Self>, time: Duration) {
        let mut state = self.state();
        state.cooldown = state.cooldown.max(time);
        drop(state);
        self.work(true);
    }

    /// Whether nothing is lost if the queue is removed.
    pub(super) fn is_unused(&self, now: Instant) -> bool {
        self.state().is_unused(now)
    }

    /// Why the permits of Redis cannot be used, if they cannot.
    fn unavailable(&self) -> Option<Unavailable> {
        let unusable = || {
            self.state()
                .unusable(self.link.clock_jumped(), Instant::now())
        };
        self.link.unavailable().or_else(unusable)
    }

    /// Makes a task see to the changes, unless there is no runtime: the next call does then. A change is urgent if the
    /// task may wait for something later.
    fn work(self: &Arc<Self>, is_urgent: bool) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        if mem::replace(&mut self.state().is_working, true) {
            if is_urgent {
                self.changed.notify_one();
            }
        } else {
            let worker = Worker {
                queue: self.clone(),
                has_ended: false,
            };
            runtime.spawn(worker.run());
        }
    }
}

/// The task of a queue. If it is dropped with its runtime, the calls that wait are told, and another task can start.
struct Worker {
    queue: Arc<Queue>,
    has_ended: bool,
}

impl Worker {
    async fn run(mut self) {
        let queue = self.queue.clone();
        loop {
            // Before Redis is looked at, so that its return is not missed.
            let mut restored = pin!(queue.link.restored());
            restored.as_mut().enable();
            let unavailable = queue.link.unavailable();
            let jumped = queue.link.clock_jumped();
            let step = queue.state().next_step(unavailable, jumped, Instant::now());
            match step {
                Step::Send(request) => queue.send(request).await,
                Step::Wait(until) => {
                    let _ = timeout_at(until, queue.changed.notified()).await;
                }
                Step::WaitForRedis => {
                    let _ = timeout(LOOK_AGAIN_AFTER, restored).await;
                }
                Step::Stop => {
                    self.has_ended = true;
                    return;
                }
            }
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        if !self.has_ended {
            self.queue.state().abandon();
        }
    }
}

impl Queue {
    /// Runs the script, and gives its permits to the calls that wait.
    async fn send(self: &Arc<Self>, request: PermitRequest) {
        match self.run_script(&request).await {
            Ok(response) => self.distribute(&request, response),
            Err(_) => self.state().restore(request, Instant::now()),
        }
    }

    /// Runs the script, and tells calls if that takes too long for them.
    async fn run_script(&self, request: &PermitRequest) -> Result<PermitResponse, Unavailable> {
        let (key, windows) = (&self.cooldown_key, &self.windows);
        let mut response = pin!(self.link.run(request, key, windows, self.max_delay));
        loop {
            let now = Instant::now();
            let delayed_at = self.state().tell_delayed(now);
            // Other calls may come meanwhile.
            let until = delayed_at.or_else(|| now.checked_add(self.max_delay));
            let until = until.unwrap_or(now + LOOK_AGAIN_AFTER);
            if let Ok(response) = timeout_at(until, response.as_mut()).await {
                return response;
            }
            // If this process was not running meanwhile, the response may have arrived: the runtime has to look.
            let second_look = self.max_delay / SECOND_LOOK_PART;
            if let Ok(response) = timeout(second_look, response.as_mut()).await {
                return response;
            }
        }
    }

    fn distribute(self: &Arc<Self>, request: &PermitRequest, response: PermitResponse) {
        let now = Instant::now();
        let jumped = self.link.clock_jumped();
        let delays = response.delays.iter().enumerate();
        let permits =
            delays.map(|(index, delay)| Permit::new(self.clone(), request.id(index), now + *delay));
        let permits: Vec<_> = permits.collect();
        let mut state = self.state();
        state.set_free(response.free);
        if state.check_generations(response.generations, now) {
            self.link.report_lost_permits();
        }
        let surplus = match state.unusable(jumped, now) {
            Some(_) => permits,
            None if !response.cooldown.is_zero() => {
                state.block(response.cooldown);
                permits
            }
            None => {
                let wanted = request.wanted;
                state.distribute(permits, wanted, response.least_wait, now)
            }
        };
        drop(state);
        // Dropping a permit locks the state.
        drop(surplus);
    }
}
