//! Logs of the most recent requests and uploads, for tests to inspect.

use std::collections::VecDeque;

use crate::http::multipart::UploadedFile;

/// The log keeps this many items, so that a long run does not exhaust memory.
const MAX_ITEMS: usize = 20_000;

/// A log keeps bodies or files of this many bytes.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// The most recent items, in order of arrival.
pub(crate) struct Log<T> {
    items: VecDeque<T>,
    /// The number of bytes in the bodies of all items.
    bytes: usize,
}

/// An item of a log.
pub(crate) trait HasBody {
    /// Returns the number of bytes in the body.
    fn body_bytes(&self) -> usize;
}

impl HasBody for UploadedFile {
    fn body_bytes(&self) -> usize {
        self.bytes.len()
    }
}

impl<T> Default for Log<T> {
    fn default() -> Self {
        Self {
            items: VecDeque::new(),
            bytes: 0,
        }
    }
}

impl<T: HasBody> Log<T> {
    /// Adds an item, and removes the oldest ones if the log is full.
    pub(crate) fn push(&mut self, item: T) {
        self.bytes += item.body_bytes();
        self.items.push_back(item);
        while self.items.len() > MAX_ITEMS || (self.bytes > MAX_BYTES && self.items.len() > 1) {
            let oldest = self.items.pop_front();
            self.bytes -= oldest.map_or(0, |it| it.body_bytes());
        }
    }

    /// Returns the items, the oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.items.iter()
    }

    pub(crate) fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        self.items.get_mut(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl HasBody for usize {
        fn body_bytes(&self) -> usize {
            MAX_BYTES / 4
        }
    }

    #[test]
    fn the_oldest_items_go_when_there_are_too_many_bytes() {
        let mut log = Log::default();
        (0..6).for_each(|number| log.push(number));
        let kept: Vec<usize> = log.iter().copied().collect();
        assert_eq!(kept, [2, 3, 4, 5]);
    }
}
