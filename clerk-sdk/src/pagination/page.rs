//! A page of a list while it is paginated: its items, and those that could not be decoded.

use std::collections::VecDeque;
use std::sync::Arc;
use std::vec;

use super::fingerprint;
use crate::call::{DecodedPage, item_error};
use crate::error::{Error, Result};
use crate::exchange::Exchange;
use crate::request::CursorFn;
use crate::response::Response;
use crate::wire::{ItemFailure, List};

/// A page. Its entries are the items that were decoded and those that were not, in the order of the API.
pub(super) struct Page<T> {
    pub(super) response: Response<List<T>>,
    failures: VecDeque<Failure>,
}

/// An entry that could not be decoded.
struct Failure {
    /// The number of entries before it.
    position: usize,
    item: ItemFailure,
}

impl<T> Page<T> {
    pub(super) fn new(page: DecodedPage<T>) -> Self {
        let failures = page.failures.into_iter().map(|item| Failure {
            position: item.index,
            item,
        });
        Self {
            response: page.response,
            failures: failures.collect(),
        }
    }

    /// The number of entries.
    pub(super) fn len(&self) -> usize {
        self.response.len() + self.failures.len()
    }

    /// Returns the id of each entry, which is empty if it has none.
    pub(super) fn ids(&self, cursor_of: Option<CursorFn<T>>) -> Vec<String> {
        match cursor_of {
            Some(cursor_of) if self.failures.is_empty() => {
                let items = self.response.iter();
                items.map(|item| cursor_of(item).to_owned()).collect()
            }
            _ => {
                let mut ids = fingerprint::ids_of_body(self.response.raw_body());
                ids.resize(self.len(), String::new());
                ids
            }
        }
    }

    /// Removes the entries for which `keep` is false.
    pub(super) fn retain(&mut self, keep: &[bool]) {
        if keep.iter().all(|keep| *keep) {
            return;
        }
        let mut items = std::mem::take(&mut self.response.data).into_iter();
        let mut failures = std::mem::take(&mut self.failures);
        for (position, keep) in keep.iter().enumerate() {
            let is_failure = failures.front().is_some_and(|it| it.position == position);
            let failure = is_failure.then(|| failures.pop_front()).flatten();
            let item = if is_failure { None } else { items.next() };
            if *keep {
                let position = self.len();
                let moved = failure.map(|it| Failure { position, ..it });
                self.failures.extend(moved);
                self.response.data.extend(item);
            }
        }
    }

    /// Returns the page as the response to a call, which fails if an item could not be decoded.
    pub(super) fn into_response(self) -> Result<Response<List<T>>> {
        match self.failures.front() {
            Some(failure) => Err(item_error(self.response.exchange(), &failure.item)),
            None => Ok(self.response),
        }
    }

    pub(super) fn into_entries(self) -> Entries<T> {
        let has_failures = !self.failures.is_empty();
        Entries {
            exchange: has_failures.then(|| self.response.shared_exchange()),
            items: self.response.into_inner().into_iter(),
            failures: self.failures,
            position: 0,
        }
    }
}

/// The entries of a page that were not returned yet.
pub(super) struct Entries<T> {
    items: vec::IntoIter<T>,
    failures: VecDeque<Failure>,
    /// The number of entries that were returned.
    position: usize,
    /// The response of the page, for the errors of its items.
    exchange: Option<Arc<Exchange>>,
}

impl<T> Entries<T> {
    pub(super) fn none() -> Self {
        Self {
            items: Vec::new().into_iter(),
            failures: VecDeque::new(),
            position: 0,
            exchange: None,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.items.len() + self.failures.len()
    }
}

impl<T> Iterator for Entries<T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        let position = self.position;
        self.position += 1;
        match (&self.exchange, self.failures.front()) {
            (Some(exchange), Some(failure)) if failure.position == position => {
                let error: Error = item_error(exchange, &failure.item);
                self.failures.pop_front();
                Some(Err(error))
            }
            _ => self.items.next().map(Ok),
        }
    }
}
