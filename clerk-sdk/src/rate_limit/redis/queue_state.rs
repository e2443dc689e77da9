//! The state of a queue: the calls that wait, the permits to give back, and when to ask Redis next.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::permit::Permit;
use super::queue::Decision;
use super::script::{PermitRequest, PermitUse, Returned, SharedWindow};
use super::unavailable::Unavailable;
use crate::rate_limit::window::Window;

/// The most permits that one request asks for, so that no process takes many at the expense of others.
const MAX_WANTED: usize = 32;
/// The most permits that one request gives back.
const MAX_RETURNED: usize = 512;
/// The part of the return time within which permits are granted ahead of time.
const HORIZON_PART: u32 = 100;
/// The part of the return time after which permits are given back if no request does so earlier.
const FLUSH_PART: u32 = 20;
const MAX_FLUSH_DELAY: Duration = Duration::from_millis(500);

/// A call that waits.
pub(super) struct Waiter {
    pub(super) deadline: Option<Instant>,
    /// When the call wants to know that Redis has not responded.
    pub(super) delayed_at: Option<Instant>,
    /// The windows that count the call besides.
    pub(super) own_share: Vec<Arc<Window>>,
    pub(super) decide: oneshot::Sender<Decision>,
}

pub(super) struct QueueState {
    waiters: VecDeque<Waiter>,
    returned: Vec<Returned>,
    /// When the permits are given back at the latest.
    flush_at: Option<Instant>,
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
    max_delay: Duration,
    processes: usize,
    /// How many calls that Redis delays may do without it, so that all processes together do not exceed the limit.
    may_do_without: usize,
    /// The longest return time of the windows, and their lowest limit.
    return_time: Duration,
    lowest_limit: usize,
}

/// What the task of a queue does next.
pub(super) enum Step {
    Send(PermitRequest),
    Wait(Instant),
    WaitForRedis,
    Stop,
}

impl Waiter {
    /// Tells the call; it may have been dropped.
    fn tell(self, decision: Decision) {
        let _ = self.decide.send(decision);
    }

    fn gives_up_before(&self, time: Instant) -> bool {
        self.deadline.is_some_and(|deadline| deadline < time)
    }
}

impl QueueState {
    pub(super) fn new(
        windows: &[SharedWindow],
        is_low_priority: bool,
        max_attempt_time: Duration,
        max_delay: Duration,
        processes: usize,
    ) -> Self {
        let return_times = windows.iter().map(|window| window.return_time);
        let limits = windows.iter().map(|window| window.limit);
        let lowest_limit = limits.min().unwrap_or(1).max(1);
        let now = Instant::now();
        Self {
            waiters: VecDeque::new(),
            returned: Vec::new(),
            flush_at: None,
            cooldown: Duration::ZERO,
            no_permit_before: now,
            ask_at: now,
            is_working: false,
            generations: Vec::new(),
            last_used: None,
            lost_at: None,
            is_low_priority,
            max_attempt_time,
            max_delay,
            return_time: return_times.max().unwrap_or_default(),
            processes,
            may_do_without: (lowest_limit / processes).max(1),
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
        self.waiters.push_back(waiter);
        self.waiters.len() == 1
    }

    /// Adds a permit to give back, and returns whether that changes what the task does next.
    pub(super) fn give_back(&mut self, returned: Returned, now: Instant) -> bool {
        let is_urgent =
            self.flush_at.is_none() || matches!(returned.permit_use, PermitUse::Unused(_));
        match returned.permit_use {
            PermitUse::Started(_) | PermitUse::Ended(_) => self.last_used = Some(now),
            PermitUse::Unused(_) => {
                self.no_permit_before = now;
                self.ask_at = now;
            }
        }
        self.returned.push(returned);
        let delay = (self.return_time / FLUSH_PART).min(MAX_FLUSH_DELAY);
        self.flush_at.get_or_insert(now + delay);
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

    pub(super) fn next_step(
        &mut self,
        unavailable: Option<Unavailable>,
        jumped: Option<Instant>,
        now: Instant,
    ) -> Step {
        self.forget_old_permits(now);
        self.waiters.retain(|waiter| !waiter.decide.is_closed());
        if let Some(reason) = unavailable.or_else(|| self.unusable(jumped, now)) {
            for waiter in self.waiters.drain(..) {
                waiter.tell(Decision::Unavailable(reason));
            }
        }
        let has_news = !self.returned.is_empty() || !self.cooldown.is_zero();
        let ask_at = (!self.waiters.is_empty()).then_some(self.ask_at);
        let flush_at = match self.cooldown.is_zero() {
            true => self.flush_at,
            false => Some(now),
        };
        match ask_at.into_iter().chain(flush_at).min() {
            _ if unavailable.is_some() && has_news => Step::WaitForRedis,
            None => {
                self.is_working = false;
                Step::Stop
            }
            Some(at) if at > now => Step::Wait(at),
            Some(_) => Step::Send(self.request(ask_at.is_some_and(|at| at <= now), now)),
        }
    }

    /// Forgets permits that have come back in the meantime.
    fn forget_old_permits(&mut self, now: Instant) {
        let (return_time, attempt_time) = (self.return_time, self.max_attempt_time);
        self.returned.retain(|returned| {
            let is_recent = |time| now.saturating_duration_since(time) < return_time;
            match returned.permit_use {
                PermitUse::Started(time) => now.saturating_duration_since(time) < attempt_time,
                PermitUse::Ended(time) | PermitUse::Unused(time) => is_recent(time),
            }
        });
        if self.returned.is_empty() {
            self.flush_at = None;
        }
    }

    fn request(&mut self, asks: bool, now: Instant) -> PermitRequest {
        // Calls that wait because the limit was used up are not delayed by Redis.
        for delayed_at in self
            .waiters
            .iter_mut()
            .filter_map(|it| it.delayed_at.as_mut())
        {
            if *delayed_at <= now {
                *delayed_at = now.checked_add(self.max_delay).unwrap_or(now);
            }
        }
        let returned = self.returned.len().min(MAX_RETURNED);
        let returned = self.returned.drain(..returned).collect();
        if self.returned.is_empty() {
            self.flush_at = None;
        }
        PermitRequest {
            wanted: match asks {
                true => self.waiters.len().min(MAX_WANTED),
                false => 0,
            },
            horizon: match self.is_low_priority {
                true => Duration::ZERO,
                false => self.longest_wait(now).min(self.horizon()),
            },
            id_prefix: format!("{:016x}:", fastrand::u64(..)),
            attempt_time: self.max_attempt_time,
            is_low_priority: self.is_low_priority,
            cooldown: std::mem::take(&mut self.cooldown),
            returned,
        }
    }

    /// The longest time that a call waits.
    fn longest_wait(&self, now: Instant) -> Duration {
        let wait = |waiter: &Waiter| {
            let deadline = waiter.deadline;
            deadline.map_or(Duration::MAX, |it| it.saturating_duration_since(now))
        };
        self.waiters.iter().map(wait).max().unwrap_or_default()
    }

    fn horizon(&self) -> Duration {
        self.return_time / HORIZON_PART
    }

    /// Tells calls that want to know it that Redis has not responded, and returns when to do so again. While the limit is
    /// used up, they wait.
    pub(super) fn tell_delayed(&mut self, now: Instant) -> Option<Instant> {
        let is_delayed = |waiter: &Waiter| waiter.delayed_at.is_some_and(|at| at <= now);
        for _ in 0..self.waiters.len() {
            match self.waiters.pop_front() {
                Some(waiter) if is_delayed(&waiter) && self.may_do_without > 0 => {
                    self.may_do_without -= 1;
                    waiter.tell(Decision::Delayed);
                }
                Some(mut waiter) if is_delayed(&waiter) => {
                    waiter.delayed_at = None;
                    self.waiters.push_back(waiter);
                }
                Some(waiter) => self.waiters.push_back(waiter),
                None => break,
            }
        }
        self.waiters.iter().filter_map(|it| it.delayed_at).min()
    }

    /// Takes back what a request that failed should have told Redis. Redis may have granted the permits.
    pub(super) fn restore(&mut self, request: PermitRequest, now: Instant) {
        for index in 0..request.wanted {
            let (id, permit_use) = (request.id(index), PermitUse::Unused(now));
            self.returned.push(Returned { id, permit_use });
        }
        self.returned.extend(request.returned);
        if !self.returned.is_empty() {
            self.flush_at.get_or_insert(now);
        }
        self.cooldown = self.cooldown.max(request.cooldown);
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
    pub(super) fn set_free(&mut self, free: usize) {
        self.may_do_without = free.saturating_sub(self.uncounted()) / self.processes;
    }

    /// Tells the calls that wait that their route is blocked.
    pub(super) fn block(&mut self, rest: Duration) {
        for waiter in self.waiters.drain(..) {
            waiter.tell(Decision::Blocked(rest));
        }
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
        let mut surplus: Vec<_> = permits.by_ref().take(self.uncounted()).collect();
        surplus.extend(permits.filter_map(|permit| self.hand_over(permit)));
        (self.no_permit_before, self.ask_at) = (now, now);
        if is_short {
            let least_wait = least_wait.min(self.return_time);
            self.no_permit_before = now + least_wait;
            let ahead = least_wait.saturating_sub(self.horizon());
            // With jitter, so that the processes do not ask at the same time.
            let pause = self.horizon().mul_f64(0.5 + fastrand::f64() / 2.0);
            self.ask_at = now + ahead.max(pause).max(Duration::from_millis(1));
            self.give_up(self.no_permit_before);
        }
        surplus
    }

    /// How many calls were sent that Redis does not know yet.
    fn uncounted(&self) -> usize {
        let is_uncounted = |it: &&Returned| matches!(it.permit_use, PermitUse::Started(_));
        self.returned.iter().filter(is_uncounted).count()
    }

    /// Gives a permit to the first call that is still there when it is free. Returns it if there is none.
    fn hand_over(&mut self, mut permit: Permit) -> Option<Permit> {
        while let Some(waiter) = self.waiters.pop_front() {
            if !self.is_low_priority && waiter.gives_up_before(permit.start) {
                waiter.tell(Decision::Exceeded);
                continue;
            }
            permit.count_in(&waiter.own_share);
            match waiter.decide.send(Decision::Granted(permit)) {
                Err(Decision::Granted(unwanted)) => permit = unwanted,
                _ => return None,
            }
        }
        Some(permit)
    }

    /// Tells the calls whose permit would come too late.
    fn give_up(&mut self, before: Instant) {
        let is_low_priority = self.is_low_priority;
        let gives_up = |waiter: &Waiter| is_low_priority || waiter.gives_up_before(before);
        for _ in 0..self.waiters.len() {
            match self.waiters.pop_front() {
                Some(waiter) if gives_up(&waiter) => waiter.tell(Decision::Exceeded),
                Some(waiter) => self.waiters.push_back(waiter),
                None => break,
            }
        }
    }

    /// Drops the calls that wait, and lets another task start.
    pub(super) fn abandon(&mut self) {
        self.is_working = false;
        self.waiters.clear();
    }
}
