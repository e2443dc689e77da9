//! What of a list was passed, to go on from.

use crate::request::CursorOf as Key;

/// The ids of the page before, and how far from its end to go on.
#[derive(Default)]
pub(super) struct Passed {
    ids: Vec<String>,
    back: usize,
}

impl Passed {
    pub(super) fn new(id: Option<String>) -> Self {
        let ids = id.into_iter().collect();
        Self { ids, back: 0 }
    }

    /// The id that the next page follows; `None` before the first.
    pub(super) fn id(&self) -> Option<&str> {
        let place = self.ids.len().checked_sub(1 + self.back)?;
        Some(&self.ids[place])
    }

    /// Leaves out of a page what the one before had behind the id that was followed.
    pub(super) fn leave_out<T>(&self, page: &mut Vec<T>, key: Key<T>) {
        let doubled = &self.ids[self.ids.len() - self.back..];
        page.retain(|item| doubled.iter().all(|id| id != key(item)));
    }

    /// Takes the ids of a page for those to go on from.
    pub(super) fn take(&mut self, ids: Vec<String>) {
        self.ids = ids;
        self.back = 0;
    }

    /// Goes back by 1, 2, 4 and so on, to the start of the page before at most.
    pub(super) fn step_back(&mut self) -> bool {
        let furthest = self.ids.len().saturating_sub(1);
        let is_possible = self.back < furthest;
        self.back = (2 * self.back + 1).min(furthest);
        is_possible
    }
}
