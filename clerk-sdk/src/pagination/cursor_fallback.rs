//! Cursors to fall back on if the item that the cursor names was deleted: the ids of the previous page.

use crate::request::CursorFn;

/// The ids of the previous page, and how far the cursor has fallen back from the last of them.
#[derive(Default)]
pub(super) struct CursorFallback {
    ids: Vec<String>,
    steps_back: usize,
}

impl CursorFallback {
    pub(super) fn new(cursor: Option<String>) -> Self {
        let ids = cursor.into_iter().collect();
        Self { ids, steps_back: 0 }
    }

    /// The id that the next page starts after; `None` before the first page.
    pub(super) fn cursor(&self) -> Option<&str> {
        let index = self.ids.len().checked_sub(1 + self.steps_back)?;
        Some(&self.ids[index])
    }

    /// The id of the item before the last `remaining` items of the page; `None` if there is none.
    pub(super) fn before_last(&self, remaining: usize) -> Option<&str> {
        let index = self.ids.len().checked_sub(1 + remaining)?;
        Some(&self.ids[index])
    }

    /// Removes the items that the previous page had after the cursor: a cursor that has fallen back returns them
    /// again.
    pub(super) fn remove_duplicates<T>(&self, page: &mut Vec<T>, cursor_of: CursorFn<T>) {
        let duplicates = &self.ids[self.ids.len() - self.steps_back..];
        page.retain(|item| duplicates.iter().all(|id| id != cursor_of(item)));
    }

    /// Moves the cursor to the last id of a new page.
    pub(super) fn replace(&mut self, ids: Vec<String>) {
        self.ids = ids;
        self.steps_back = 0;
    }

    /// Moves the cursor back by 1, then 2, then 4 ids and so on, at most to the start of the page; returns false
    /// if it was there already.
    pub(super) fn fall_back(&mut self) -> bool {
        let max_steps = self.ids.len().saturating_sub(1);
        let is_possible = self.steps_back < max_steps;
        self.steps_back = (2 * self.steps_back + 1).min(max_steps);
        is_possible
    }
}
