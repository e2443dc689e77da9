//! Detects an API that repeats its pages, so that no stream is endless.
//!
//! Brent's cycle detection: it keeps the fingerprints of two pages, however long the list is.

use super::fingerprint::Fingerprints;

/// The fingerprints of the previous page and of an earlier one, to compare each new page with.
#[derive(Default)]
pub(super) struct LoopGuard {
    previous: Fingerprints,
    /// How often in a row the previous page was returned again.
    repeats: u32,
    pages: u64,
    /// The page whose number was the last power of two. If pages repeat in a cycle of any length, then some
    /// checkpoint is returned again before the next one is set.
    checkpoint: Fingerprints,
}

/// How a page relates to those before it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum PageCheck {
    New,
    /// The page repeats the previous one, which need not be a fault of the API.
    Repeated,
    /// The API returns the same pages over and over.
    Loop,
}

/// How often in a row a page must be repeated to count as a loop. A single repetition is possible without a fault: as
/// many items as a page has may have been created since, or the response may have come from a cache.
const REPEATS_OF_A_LOOP: u32 = 2;

impl LoopGuard {
    /// Starts after an item, as if it were the previous page.
    pub(super) fn starting_after(item: Fingerprints) -> Self {
        Self {
            previous: item,
            ..Self::default()
        }
    }

    /// Compares a page with those before it; `is_repeat` tells whether a page, its first argument, repeats an
    /// earlier one.
    pub(super) fn check(
        &mut self,
        page: Fingerprints,
        is_repeat: fn(&Fingerprints, &Fingerprints) -> bool,
    ) -> PageCheck {
        if is_repeat(&page, &self.previous) {
            self.repeats += 1;
            return match self.repeats < REPEATS_OF_A_LOOP {
                true => PageCheck::Repeated,
                false => PageCheck::Loop,
            };
        }
        if is_repeat(&page, &self.checkpoint) {
            return PageCheck::Loop;
        }
        self.repeats = 0;
        self.pages += 1;
        if self.pages.is_power_of_two() {
            self.checkpoint.clone_from(&page);
        }
        self.previous = page;
        PageCheck::New
    }
}
