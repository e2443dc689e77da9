//! A sliding window that calls wait for: a semaphore whose permits come back late.
//!
//! A call takes a permit before it is sent. The permit comes back a period after the call's attempt has ended, and a
//! margin later, because a request that was cancelled may still arrive.
//!
//! Then no period has more than `max_calls` arrivals, however long requests take to arrive. Proof: suppose that more
//! arrive in a period that begins at `s`, and that the last of their permits was taken at `g`. Its request arrived
//! after that, so `g` is before `s + period`. All the others arrived at `s` or later, and their attempts ended no
//! earlier than a margin before they arrived, so none of their permits came back before `s + period`. At `g`, more than
//! `max_calls` permits would have been away.

use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout};

use super::permits::{Permits, STALLED_AFTER};
use super::rate_limiter::RateLimitError;

pub(super) struct Window {
    state: Mutex<State>,
    /// Only the call whose turn it is waits for permits to come back; the others wait for their turn, in order. Each
    /// permit therefore wakes one call, however many wait.
    turn: tokio::sync::Mutex<()>,
    given_back: Notify,
}

struct State {
    permits: Permits,
    /// How many calls wait.
    waiting: usize,
}

impl Window {
    pub(super) fn new(max_calls: usize, period: Duration) -> Self {
        let permits = Permits::new(max_calls, period);
        Self {
            state: Mutex::new(State {
                permits,
                waiting: 0,
            }),
            turn: tokio::sync::Mutex::new(()),
            given_back: Notify::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long another call has to wait at least, if no call gives up.
    pub(super) fn least_wait(&self, now: Instant) -> Duration {
        let state = self.state();
        state.permits.least_wait(state.waiting, now)
    }

    /// Whether every permit is free.
    pub(super) fn is_unused(&self, now: Instant) -> bool {
        self.state().permits.are_unused(now)
    }

    /// Takes a permit unless that would make a call that waits already wait longer.
    pub(super) fn try_acquire(self: &Arc<Self>) -> Option<WindowPermit> {
        self.take_if(|state, now| {
            // There is a permit for each call that waits, and another.
            state.permits.least_wait(state.waiting, now).is_zero() && state.permits.take(now)
        })
    }

    /// Takes a permit if half of all permits are free besides, so that calls of low priority delay no others.
    pub(super) fn try_acquire_spare(self: &Arc<Self>) -> Option<WindowPermit> {
        self.take_if(|state, now| {
            let kept = state.waiting + state.permits.max_calls() / 2;
            state.permits.least_wait(kept, now).is_zero() && state.permits.take(now)
        })
    }

    /// Takes a permit even if none is free, so that it counts towards the limit.
    #[cfg(feature = "redis")]
    pub(super) fn take_regardless(self: &Arc<Self>) -> WindowPermit {
        self.state().permits.take_regardless(Instant::now());
        WindowPermit {
            window: self.clone(),
            is_used: false,
        }
    }

    /// Waits for a permit, or fails at once if the wait would exceed the deadline. Without any time left it does not
    /// wait, and uses no timer.
    ///
    /// # Errors
    ///
    /// Fails if there is no permit before the deadline.
    pub(super) async fn acquire(
        self: &Arc<Self>,
        deadline: Option<Instant>,
    ) -> Result<WindowPermit, RateLimitError> {
        if let Some(permit) = self.try_acquire() {
            return Ok(permit);
        }
        let (least_wait, max_wait) = (self.least_wait(Instant::now()), remaining(deadline));
        if max_wait.is_zero() || least_wait > max_wait {
            return Err(RateLimitError::exceeded());
        }
        let _waiting = WaitingCall::new(self);
        let mut turn = pin!(self.turn.lock());
        let mut patience = least_wait.saturating_add(STALLED_AFTER);
        loop {
            let patience_or_deadline = patience.min(remaining(deadline));
            if let Ok(_turn) = timeout(patience_or_deadline, turn.as_mut()).await {
                return self.acquire_next(deadline).await;
            }
            // The call whose turn it is may not be polled. It may even be one of a buffered stream whose consumer waits
            // for this call.
            if let Some(permit) = self.take_if(|state, now| state.permits.take_stalled(now)) {
                return Ok(permit);
            }
            if remaining(deadline).is_zero() {
                return Err(RateLimitError::exceeded());
            }
            patience = self.next_wait().saturating_add(STALLED_AFTER);
        }
    }

    /// Waits for the next permit. Only the call whose turn it is does.
    async fn acquire_next(
        self: &Arc<Self>,
        deadline: Option<Instant>,
    ) -> Result<WindowPermit, RateLimitError> {
        loop {
            if let Some(permit) = self.take_if(|state, now| state.permits.take(now)) {
                return Ok(permit);
            }
            let next_wait = self.next_wait();
            if next_wait > remaining(deadline) {
                return Err(RateLimitError::exceeded());
            }
            // An unused permit may be given back earlier.
            let _ = timeout(next_wait, self.given_back.notified()).await;
        }
    }

    /// How long it takes at least until a permit is free, unless one is given back unused.
    fn next_wait(&self) -> Duration {
        self.state().permits.least_wait(0, Instant::now())
    }

    /// Creates a permit if `take` has taken one.
    fn take_if(
        self: &Arc<Self>,
        take: impl FnOnce(&mut State, Instant) -> bool,
    ) -> Option<WindowPermit> {
        take(&mut self.state(), Instant::now()).then(|| WindowPermit {
            window: self.clone(),
            is_used: false,
        })
    }
}

fn remaining(deadline: Option<Instant>) -> Duration {
    deadline.map_or(Duration::MAX, |deadline| {
        deadline.saturating_duration_since(Instant::now())
    })
}

/// Counts a call that waits, until it is dropped.
struct WaitingCall<'a>(&'a Window);

impl<'a> WaitingCall<'a> {
    fn new(window: &'a Window) -> Self {
        window.state().waiting += 1;
        Self(window)
    }
}

impl Drop for WaitingCall<'_> {
    fn drop(&mut self) {
        self.0.state().waiting -= 1;
    }
}

/// A permit of a window, which is given back when it is dropped.
pub(super) struct WindowPermit {
    window: Arc<Window>,
    is_used: bool,
}

impl WindowPermit {
    /// Marks the permit as used: the call is sent. An unused one is free at once when it is given back.
    pub(super) fn into_used(mut self) -> Self {
        self.is_used = true;
        self
    }
}

impl Drop for WindowPermit {
    fn drop(&mut self) {
        let permits = &mut self.window.state().permits;
        match self.is_used {
            true => permits.give_back(Instant::now()),
            false => permits.give_back_unused(),
        }
        self.window.given_back.notify_one();
    }
}
