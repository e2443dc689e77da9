//! What of a list was seen, to notice that the API gives it again.
//!
//! It takes the memory of two pages' keys, however long the list is.

use super::keys::Keys;

/// The page before, and an earlier one.
#[derive(Default)]
pub(super) struct Seen {
    before: Keys,
    /// How often a page came in the place of the one after it.
    repeats: u32,
    pages: u64,
    /// The page that had the last power of two for its number, as Brent's algorithm keeps it: where pages come
    /// in a circle, however long, one that is kept comes again before the next is.
    marked: Keys,
}

/// What a page is, to those that came before.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Look {
    New,
    /// It came before, which may be no fault.
    Again,
    /// The API gives what it gave, however far it is asked to go.
    Endless,
}

/// How often in a row a page may come again. Once is no fault: as many items as a page has may have been made
/// meanwhile, or a cache may have answered.
const MAX_REPEATS: u32 = 2;

impl Seen {
    /// An item was seen that the list is followed from.
    pub(super) fn after(keys: Keys) -> Self {
        Self {
            before: keys,
            ..Self::default()
        }
    }

    /// Looks at a page, of which `is_seen` says whether it is one that came before.
    pub(super) fn look(&mut self, page: Keys, is_seen: fn(&Keys, &Keys) -> bool) -> Look {
        if is_seen(&page, &self.before) {
            self.repeats += 1;
            return match self.repeats < MAX_REPEATS {
                true => Look::Again,
                false => Look::Endless,
            };
        }
        if is_seen(&page, &self.marked) {
            return Look::Endless;
        }
        self.repeats = 0;
        self.pages += 1;
        if self.pages.is_power_of_two() {
            self.marked.clone_from(&page);
        }
        self.before = page;
        Look::New
    }
}
