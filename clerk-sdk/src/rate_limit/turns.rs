//! What was let through, and what is held back.

use std::collections::HashMap;
use std::time::Duration;

use http::Method;
use tokio::time::Instant;

use super::window::Window;

/// A rule by its number, and the path where it counts each path for itself.
pub(super) type Line = (usize, String);

/// What the API refuses: a route, its path where each has a limit of its own, and the key as a number, which does
/// not give it away.
pub(super) type Refused = (Method, &'static str, String, u64);

#[derive(Default)]
pub(super) struct Turns {
    windows: HashMap<Line, Window>,
    /// Until when.
    held: HashMap<Refused, Instant>,
    /// How many of both there may be before the old ones are looked for.
    most: usize,
}

const FEW: usize = 1024;

impl Turns {
    pub(super) fn window(&mut self, line: &Line, period: Duration, now: Instant) -> &mut Window {
        let window = self.windows.entry(line.clone());
        let window = window.or_insert_with(|| Window::new(period));
        window.forget(now);
        window
    }

    pub(super) fn give_back(&mut self, line: &Line, turn: Instant) {
        if let Some(window) = self.windows.get_mut(line) {
            window.give_back(turn);
        }
    }

    /// When the hold of what was refused ends, if it has not ended.
    pub(super) fn held_until(&self, refused: &Refused, now: Instant) -> Option<Instant> {
        self.held.get(refused).copied().filter(|end| *end > now)
    }

    pub(super) fn hold(&mut self, refused: Refused, end: Instant) {
        let held = self.held.entry(refused).or_insert(end);
        *held = end.max(*held);
    }

    /// Drops what no longer holds anything back, now and then: each user of an instance may have a window.
    pub(super) fn forget(&mut self, now: Instant) {
        if self.windows.len() + self.held.len() <= self.most.max(FEW) {
            return;
        }
        self.held.retain(|_, end| *end > now);
        self.windows.retain(|_, window| {
            window.forget(now);
            !window.is_empty()
        });
        self.most = 2 * (self.windows.len() + self.held.len());
    }
}
