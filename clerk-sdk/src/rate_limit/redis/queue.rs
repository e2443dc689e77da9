//! The calls that wait for permits of the same windows. While there are any, a task asks Redis for the permits of all of
//! them at once, and gives back those that were used.

use std::mem;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, oneshot};
use tokio::time::{Instant, timeout, timeout_at};

use super::keys;
use super::link::Link;
use super::outage_reports::OutageReport;
use super::permit::{Permit, PermitSource};
use super::queue_settings::QueueSettings;
use super::queue_state::QueueState;
use super::script::{PermitRequest, PermitResponse, Returned, SharedWindow};
use super::step::{LinkStatus, Step};
use super::unavailable::Unavailable;
use super::waiter::{Decision, OnDelay, Waiter};
use crate::rate_limit::window::Window;

/// The task forgets permits that have come back while Redis is not available.
const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// The part of the time that calls wait for a response that is left for another look at the connection.
const SECOND_LOOK_PART: u32 = 5;

/// Calls that find no permit of their own share look again after this time. There may be thousands of them.
const TELL_AGAIN_AFTER: Duration = Duration::from_millis(50);

/// Timers have a resolution of a millisecond. If one is later, this process was not running.
const LATE_TIMER: Duration = Duration::from_millis(2);

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
        let windows = settings.windows(&prefix);
        let state = QueueState::new(
            &windows,
            settings.is_low_priority,
            settings.max_attempt_time,
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

    /// Asks for a permit, and waits until there is one.
    pub(super) async fn ask(
        self: &Arc<Self>,
        deadline: Option<Instant>,
        on_delay: OnDelay,
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
            let delayed_at = match on_delay {
                OnDelay::Tell if state.is_overdue() => return Decision::Delayed,
                OnDelay::Tell => now.checked_add(self.first_look()),
                OnDelay::TellAgain => now.checked_add(self.max_delay.max(TELL_AGAIN_AFTER)),
                OnDelay::Wait => None,
            };
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

impl PermitSource for Queue {
    fn take_back(self: Arc<Self>, returned: Returned) {
        let is_urgent = self.state().give_back(returned, Instant::now());
        self.work(is_urgent);
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
        let mut report = None;
        loop {
            // Before Redis is looked at, so that its return is not missed.
            let mut restored = pin!(queue.link.restored());
            restored.as_mut().enable();
            let is_connected = queue.link.is_connected();
            let link = queue.link_status(report.as_ref());
            let step = {
                let mut state = queue.state();
                if !is_connected {
                    state.set_unconnected();
                }
                if !state.has_news() {
                    report = None;
                }
                state.next_step(&link, Instant::now())
            };
            match step {
                Step::Send(request) => queue.send(request).await,
                Step::Wait(until) => {
                    let _ = timeout_at(until, queue.changed.notified()).await;
                }
                Step::WaitForRedis => {
                    let reports = &queue.link.outage_reports;
                    report.get_or_insert_with(|| OutageReport::new(reports.clone()));
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
    /// How long to wait before the second look at the connection.
    fn first_look(&self) -> Duration {
        self.max_delay - self.max_delay / SECOND_LOOK_PART
    }

    fn link_status(&self, report: Option<&OutageReport>) -> LinkStatus {
        let reports = &self.link.outage_reports;
        LinkStatus {
            unavailable: self.link.unavailable(),
            clock_jumped: self.link.clock_jumped(),
            response_wait: self.first_look(),
            expected_wait: self.link.expected_wait(),
            awaits_reports: reports.are_awaited(report, Instant::now()),
        }
    }

    /// Runs the script, and gives its permits to the calls that wait.
    async fn send(self: &Arc<Self>, request: PermitRequest) {
        let response = self.run_script(&request).await;
        self.state().end_request();
        match response {
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
            // Other calls may come meanwhile.
            let latest = now.checked_add(self.max_delay);
            let until = self.state().next_delay().into_iter().chain(latest).min();
            let until = until.unwrap_or(now + LOOK_AGAIN_AFTER);
            if let Ok(response) = timeout_at(until, response.as_mut()).await {
                return response;
            }
            let late = Instant::now().saturating_duration_since(until);
            if late > LATE_TIMER {
                self.state().postpone_delays(late);
                continue;
            }
            // The response may have arrived without the runtime having looked.
            let second_look = self.max_delay / SECOND_LOOK_PART;
            if let Ok(response) = timeout(second_look, response.as_mut()).await {
                return response;
            }
            self.state().tell_delayed(Instant::now());
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
        state.set_free(response.free, now);
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
