//! Cursors to fall back on if the item that the cursor names was deleted: the ids of the previous page.

/// The ids of the previous page, empty for items without one, and how far the cursor has fallen back from the last of them.
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
        Some(&self.ids[self.cursor_index()?])
    }

    fn cursor_index(&self) -> Option<usize> {
        let candidates = &self.ids[..self.ids.len() - self.steps_back];
        candidates.iter().rposition(|id| !id.is_empty())
    }

    /// The id of the item before the last `remaining` items of the page, or of the next one before that has an id; `None`
    /// if there is none.
    pub(super) fn before_last(&self, remaining: usize) -> Option<&str> {
        let returned = self.ids.len().checked_sub(remaining)?;
        let mut ids = self.ids[..returned].iter().rev();
        ids.find(|id| !id.is_empty()).map(String::as_str)
    }

    /// Returns which items of a page to keep: not those that the previous page had after the cursor. The API returns them
    /// again if the cursor has fallen back, or if the last items have no id.
    pub(super) fn is_new(&self, page: &[String]) -> Vec<bool> {
        let start = self
            .cursor_index()
            .map_or(self.ids.len(), |index| index + 1);
        let seen = &self.ids[start..];
        let mut without_id = seen.iter().filter(|id| id.is_empty()).count();
        let is_new = page.iter().map(|id| {
            if !id.is_empty() {
                return !seen.contains(id);
            }
            let is_new = without_id == 0;
            without_id = without_id.saturating_sub(1);
            is_new
        });
        is_new.collect()
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
