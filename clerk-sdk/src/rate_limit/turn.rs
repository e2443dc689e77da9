//! A call that waits to go out.

use std::mem;

use tokio::time::Instant;

use super::turns::{Line, Turns};
use super::{Asking, RateLimit};

/// A call's turns, one in each line it stands in. Dropped before it went out, it gives them back.
pub(super) struct Turn<'a> {
    limit: &'a RateLimit,
    asking: &'a Asking<'a>,
    /// In the order of the rules.
    taken: Vec<(Line, Instant)>,
}

impl<'a> Turn<'a> {
    pub(super) fn new(limit: &'a RateLimit, asking: &'a Asking<'a>) -> Self {
        Self {
            limit,
            asking,
            taken: Vec::new(),
        }
    }

    /// Looks whether the call may go out now.
    ///
    /// It stands in one line after the other: what is held back has no turn at all, and what waits for the limit
    /// of its route takes none of the turns that all routes share. Where it stood already, only what went
    /// before counts: calls may have gone out late, and those behind it have to look again too.
    ///
    /// # Errors
    ///
    /// Where it may not: when to look again.
    pub(super) fn look(&mut self) -> Result<(), Instant> {
        let limit = self.limit;
        let mut turns = limit.turns();
        let now = Instant::now();
        turns.forget(now);
        let stood = self.give_back(&mut turns);
        if let Some(end) = turns.held_until(&limit.refused(self.asking), now) {
            return Err(end);
        }
        let rules = limit.rules.iter().enumerate();
        let rules = rules.filter(|(_, rule)| rule.covers(self.asking));
        for (place, (number, rule)) in rules.enumerate() {
            let line = (number, rule.path(self.asking).to_owned());
            let calls = rule.calls(self.asking, limit.processes);
            let window = turns.window(&line, rule.period, now);
            let turn = match place < stood {
                true => window.ready(now, calls),
                false => window.next(now, calls),
            };
            window.take(turn);
            self.taken.push((line, turn));
            if turn > now {
                return Err(turn);
            }
        }
        Ok(())
    }

    /// Keeps the turns: the call goes out.
    pub(super) fn go(mut self) {
        self.taken.clear();
    }

    /// Leaves all lines; in how many it stood.
    fn give_back(&mut self, turns: &mut Turns) -> usize {
        let taken = mem::take(&mut self.taken);
        for (line, turn) in &taken {
            turns.give_back(line, *turn);
        }
        taken.len()
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if !self.taken.is_empty() {
            self.give_back(&mut self.limit.turns());
        }
    }
}
