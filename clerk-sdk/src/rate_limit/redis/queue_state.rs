//! The state of a queue: the calls that wait, the permits to give back, and when to ask Redis next.

use std::time::Duration;

use tokio::time::Instant;

use super::delays::Delays;
use super::permit::Permit;
use super::returned_permits::ReturnedPermits;
use super::script::{PermitRequest, PermitUse, Returned, SharedWindow};
use super::step::{LinkStatus, Step};
use super::unavailable::Unavailable;
use super::waiter::{Decision, Waiter};
use super::waiters::Waiters;

/// The most permits that one request asks for, so that no process takes many at the expense of others.
const MAX_WANTED: usize = 32;
/// The pause before it is looked again whether other queues have reported the calls of an outage.
const REPORTS_PAUSE: Duration = Duration::from_millis(1);
/// The part of the return time within which permits are granted ahead of time.
const HORIZON_PART: u32 = 100;

pub(super) struct QueueState {
    waiters: Waiters,
    returned: ReturnedPermits,
    /// A cool-down that Redis does not know yet.
    pub(super) cooldown: Duration,
    /// The limit is used up until then.
    no_permit_before: Instant,
    /// When to ask for permits again.
    ask_at: Instant,
    /// Whether there is a task.
    pub(super) is_working: bool,
    generations: Vec<String>,
    /// When a permit was last granted or given back.
    last_used: Option<Instant>,
    /// When Redis turned out to have lost permits.
    lost_at: Option<Instant>,
    is_low_priority: bool,
    max_attempt_time: Duration,
    delays: Delays,
    /// The longest return time of the windows, and their lowest limit.
    return_time: Duration,
    lowest_limit: usize,
}

impl QueueState {
    pub(super) fn new(
        windows: &[SharedWindow],
        is_low_priority: bool,
        max_attempt_time: Duration,
        processes: usize,
    ) -> Self {
        let return_times = windows.iter().map(|window| window.return_time);
        let limits = windows.iter().map(|window| window.limit);
        let lowest_limit = limits.min().unwrap_or(1).max(1);
        // Calls of low priority leave half of each limit to others.
        let lowest_limit = match is_low_priority {
            true => lowest_limit - lowest_limit / 2,
            false => lowest_limit,
        };
        let now = Instant::now();
        Self {
            waiters: Waiters::default(),
            returned: ReturnedPermits::default(),
            cooldown: Duration::ZERO,
            no_permit_before: now,
            ask_at: now,
            is_working: false,
            generations: Vec::new(),
            last_used: None,
            lost_at: None,
            is_low_priority,
            max_attempt_time,
            delays: Delays::new(lowest_limit, processes),
            return_time: return_times.max().unwrap_or_default(),
            lowest_limit,
        }
    }

    /// Whether it is clear that a call would have to wait longer: each round of calls ahead of it takes a return time.
    pub(super) fn is_too_late(&self, deadline: Option<Instant>, now: Instant) -> bool {
        let rounds = self.waiters.len() / self.lowest_limit;
        let rounds = u32::try_from(rounds).unwrap_or(u32::MAX);
        let wait = self.no_permit_before.saturating_duration_since(now);
        let wait = wait.saturating_add(self.return_time.saturating_mul(rounds));
        !self.is_low_priority
            && deadline.is_some_and(|deadline| deadline.saturating_duration_since(now) < wait)
    }

    /// Adds a call, and returns whether it is the only one.
    pub(super) fn push(&mut self, waiter: Waiter) -> bool {
        self.waiters.push(waiter);
        self.waiters.len() == 1
    }

    /// Adds a permit to give back, and returns whether that changes what the task does next.
    pub(super) fn give_back(&mut self, returned: Returned, now: Instant) -> bool {
        let is_ended = matches!(returned.permit_use, PermitUse::Ended(_));
        let is_urgent = !is_ended || self.returned.is_empty();
        match returned.permit_use {
            PermitUse::Started(_) | PermitUse::Ended(_) => self.last_used = Some(now),
            PermitUse::Unused(_) => {
                self.no_permit_before = now;
                self.ask_at = now;
            }
        }
        self.returned.push(returned, self.return_time, now);
        is_urgent
    }

    pub(super) fn is_unused(&self, now: Instant) -> bool {
        let is_used = |time: Instant| now.duration_since(time) < self.return_time;
        !self.is_working
            && self.waiters.is_empty()
            && self.returned.is_empty()
            && !self.last_used.is_some_and(is_used)
            && !self.lost_at.is_some_and(is_used)
    }

    /// Why the permits of Redis cannot be used for a while, if they cannot.
    pub(super) fn unusable(&self, jumped: Option<Instant>, now: Instant) -> Option<Unavailable> {
        let is_recent = |time: Instant| now.duration_since(time) < self.return_time;
        match (self.lost_at.is_some_and(is_recent), jumped) {
            (true, _) => Some(Unavailable::LostPermits),
            (false, Some(jumped)) if is_recent(jumped) => Some(Unavailable::ClockJumped),
            _ => None,
        }
    }

    /// Whether there is something that Redis does not know yet.
    pub(super) fn has_news(&self) -> bool {
        !self.returned.is_empty() || !self.cooldown.is_zero()
    }

    pub(super) fn next_step(&mut self, link: &LinkStatus, now: Instant) -> Step {
        self.returned
            .forget_old(self.return_time, self.max_attempt_time, now);
        self.waiters.forget_dropped();
        if let Some(reason) = link
            .unavailable
            .or_else(|| self.unusable(link.clock_jumped, now))
        {
            self.waiters.tell_all(|| Decision::Unavailable(reason));
        }
        let ask_at = (!self.waiters.is_empty()).then_some(match link.awaits_reports {
            true => self.ask_at.max(now + REPORTS_PAUSE),
            false => self.ask_at,
        });
        let flush_at = match self.cooldown.is_zero() {
            true => self.returned.flush_at(),
            false => Some(now),
        };
        match ask_at.into_iter().chain(flush_at).min() {
            _ if link.unavailable.is_some() && self.has_news() => Step::WaitForRedis,
            None => {
                self.is_working = false;
                Step::Stop
            }
            Some(at) if at > now => Step::Wait(at),
            Some(_) => Step::Send(self.request(ask_at.is_some_and(|at| at <= now), link, now)),
        }
    }

    fn request(&mut self, asks: bool, link: &LinkStatus, now: Instant) -> PermitRequest {
        let horizon = match self.is_low_priority {
            true => Duration::ZERO,
            false => self.horizon(),
        };
        let (wait, expected) = (link.response_wait, link.expected_wait);
        let waiters = &mut self.waiters;
        self.delays
            .begin_request(wait, expected, horizon, waiters, now);
        PermitRequest {
            wanted: match asks {
                true => self.waiters.len().min(MAX_WANTED),
                false => 0,
            },
            horizon: self.waiters.longest_wait(now).min(horizon),
            id_prefix: format!("{:016x}:", fastrand::u64(..)),
            attempt_time: self.max_attempt_time,
            is_low_priority: self.is_low_priority,
            cooldown: std::mem::take(&mut self.cooldown),
            returned: self.returned.take(),
        }
    }

    fn horizon(&self) -> Duration {
        self.return_time / HORIZON_PART
    }

    /// Whether calls need not wait for the response to the present request.
    pub(super) fn is_overdue(&self) -> bool {
        self.delays.is_overdue()
    }

    /// When calls have to be told that Redis has not responded.
    pub(super) fn next_delay(&self) -> Option<Instant> {
        self.delays.next(&self.waiters)
    }

    /// Tells calls that Redis has not responded.
    pub(super) fn tell_delayed(&mut self, now: Instant) {
        self.delays.tell(&mut self.waiters, now);
    }

    /// Gives Redis more time to respond, because this process was not running meanwhile.
    pub(super) fn postpone_delays(&mut self, time: Duration) {
        self.delays.postpone(&mut self.waiters, time);
    }

    /// Records that there is no connection yet.
    pub(super) fn set_unconnected(&mut self) {
        self.delays.set_unconnected();
    }

    /// Records that Redis has responded, or is known not to.
    pub(super) fn end_request(&mut self) {
        self.delays.end_request();
    }

    /// Takes back what a request that failed should have told Redis. Redis may have granted the permits.
    pub(super) fn restore(&mut self, request: PermitRequest, now: Instant) {
        self.cooldown = self.cooldown.max(request.cooldown);
        self.returned.restore(request, now);
    }

    /// Compares the generations of the windows with those that were known, and returns whether permits in use were lost.
    pub(super) fn check_generations(&mut self, generations: Vec<String>, now: Instant) -> bool {
        let is_recent = |time: Instant| now.duration_since(time) < self.return_time;
        let is_lost = !self.generations.is_empty()
            && self.generations != generations
            && self.last_used.is_some_and(is_recent);
        if is_lost {
            self.lost_at = Some(now);
        }
        self.generations = generations;
        is_lost
    }

    /// Records how many permits Redis has left.
    pub(super) fn set_free(&mut self, free: usize, now: Instant) {
        let free = free.saturating_sub(self.returned.uncounted());
        self.delays.set_free(free, now);
    }

    /// Tells the calls that wait that their route is blocked.
    pub(super) fn block(&mut self, rest: Duration) {
        self.waiters.tell_all(|| Decision::Blocked(rest));
    }

    /// Gives permits to calls, and returns those that no call wants. Calls whose permit comes too late are told so.
    pub(super) fn distribute(
        &mut self,
        permits: Vec<Permit>,
        wanted: usize,
        least_wait: Duration,
        now: Instant,
    ) -> Vec<Permit> {
        let is_short = permits.len() < wanted;
        if !permits.is_empty() {
            self.last_used = Some(now);
        }
        let mut permits = permits.into_iter();
        // Redis does not know yet of these calls, which were sent without it: they take up as many permits.
        let mut surplus: Vec<_> = permits.by_ref().take(self.returned.uncounted()).collect();
        let (waiters, is_low_priority) = (&mut self.waiters, self.is_low_priority);
        surplus.extend(permits.filter_map(|permit| waiters.hand_over(permit, is_low_priority)));
        (self.no_permit_before, self.ask_at) = (now, now);
        if is_short {
            let least_wait = least_wait.min(self.return_time);
            self.no_permit_before = now + least_wait;
            let ahead = least_wait.saturating_sub(self.horizon());
            // With jitter, so that the processes do not ask at the same time.
            let pause = self.horizon().mul_f64(0.5 + fastrand::f64() / 2.0);
            self.ask_at = now + ahead.max(pause).max(Duration::from_millis(1));
            // Calls of low priority do not wait.
            let before = self.no_permit_before;
            let gives_up = |it: &Waiter| is_low_priority || it.gives_up_before(before);
            self.waiters.tell_if(gives_up, || Decision::Exceeded);
        }
        surplus
    }

    /// Drops the calls that wait, and lets another task start.
    pub(super) fn abandon(&mut self) {
        self.is_working = false;
        self.end_request();
        self.waiters.clear();
    }
}
