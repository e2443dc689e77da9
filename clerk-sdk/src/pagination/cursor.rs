//! The cursor: where the next page of a list starts, and whether there is one.

use super::cursor_fallback::CursorFallback;
use super::fingerprint::{self, Fingerprints};
use super::loop_guard::{LoopGuard, PageCheck};
use super::page::Page;
use super::page_cursor::PageCursor;
use crate::error::{APIErrorResponse, DecodeError, Error, Result};
use crate::request::CursorFn;
use crate::request::Request;
use crate::types::ErrorDetail;
use crate::wire::Query;

/// The start of the next page, and the state that decides whether a page is the last.
pub(super) struct Cursor<T> {
    /// How many items each page is requested to have; a page with fewer is short.
    limit: i64,
    total_needs_paginated: bool,
    start: PageStart<T>,
    loop_guard: LoopGuard,
}

enum PageStart<T> {
    /// The API does not paginate the list.
    Unpaginated,
    Offset(i64),
    AfterItem {
        parameter: &'static str,
        cursor_of: Option<CursorFn<T>>,
        fallback: CursorFallback,
    },
}

/// The cursor of a list that the API does not paginate.
impl<T: 'static> Default for Cursor<T> {
    fn default() -> Self {
        Self::at(PageStart::Unpaginated, 0, false)
    }
}

/// What a stream does with a page, and whether it requests another.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum PageAction {
    YieldAndContinue,
    YieldAndEnd,
    /// The page repeats the previous one.
    SkipAndContinue,
    /// The page repeats the previous one, with which the list was complete.
    SkipAndEnd,
}

impl<T: 'static> Cursor<T> {
    /// The cursor at which the caller's own request starts.
    pub(super) fn new(request: &Request) -> Self {
        let Some(paging) = &request.paging else {
            return Self::default();
        };
        let query = &request.query;
        let number = |name: &str| query.get(name).and_then(|value| value.parse().ok());
        let offset = number("offset").unwrap_or(0);
        // If the API returned fewer items than requested, then a full page would look like the last.
        let limit =
            number("limit").map_or(paging.max_limit, |limit: i64| limit.min(paging.max_limit));
        let Some(parameter) = paging
            .cursor_parameter()
            .filter(|_| offset == 0 && is_order_by_creation(query))
        else {
            let start = PageStart::Offset(offset);
            return Self::at(start, limit, paging.total_needs_paginated);
        };
        let cursor = query.get(parameter);
        let loop_guard = LoopGuard::starting_after(fingerprint::of_ids(cursor.as_deref()));
        let start = PageStart::AfterItem {
            parameter,
            cursor_of: paging.cursor_of(),
            fallback: CursorFallback::new(cursor),
        };
        Self {
            loop_guard,
            ..Self::at(start, limit, paging.total_needs_paginated)
        }
    }

    fn at(start: PageStart<T>, limit: i64, total_needs_paginated: bool) -> Self {
        Self {
            limit,
            total_needs_paginated,
            start,
            loop_guard: LoopGuard::default(),
        }
    }

    /// Sets the query parameters that request the page at this cursor.
    pub(super) fn apply_to(&self, request: &mut Request) {
        let query = &mut request.query;
        match &self.start {
            PageStart::Unpaginated => return,
            PageStart::Offset(0) => {}
            PageStart::Offset(offset) => query.set("offset", &offset.to_string()),
            PageStart::AfterItem {
                parameter,
                fallback,
                ..
            } => {
                if let Some(id) = fallback.cursor() {
                    query.set(parameter, id);
                }
            }
        }
        let limit = self.limit.to_string();
        if query.get("limit").as_ref() != Some(&limit) {
            query.set("limit", &limit);
        }
        if self.total_needs_paginated && query.get("paginated").is_none() {
            query.set("paginated", "true");
        }
    }

    /// Moves the cursor past a page, and removes the items that the previous page already had.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Decode`] if there is no next page to request: the API returns the same items whichever
    /// page is requested, or the last item has no id to start the next page after.
    pub(super) fn advance(&mut self, page: &mut Page<T>) -> Result<PageAction> {
        if page.len() == 0 {
            return Ok(PageAction::YieldAndEnd);
        }
        let length = i64::try_from(page.len()).unwrap_or(i64::MAX);
        let is_short = length < self.limit;
        match &mut self.start {
            PageStart::Unpaginated => Ok(PageAction::YieldAndEnd),
            PageStart::Offset(offset) => {
                // Whether the list was complete before this page, according to the total.
                let total_count = page.response.total_count;
                let was_complete = total_count.is_some_and(|total| total <= *offset);
                *offset = offset.saturating_add(length);
                // A total can be wrong, so it does not make a full page the last one. It can say that a short
                // page is not the last: the API may return fewer items at a time than requested.
                let is_last = is_short && total_count.is_none_or(|total| total <= *offset);
                // Items that are created in the meantime move others into the next page, but rarely all of them.
                let fingerprints = fingerprint::of_body(page.response.raw_body());
                let check = self.loop_guard.check(fingerprints, Fingerprints::is_subset);
                // An API that ignores `offset` returns the whole list each time.
                if check == PageCheck::Repeated && was_complete {
                    return Ok(PageAction::SkipAndEnd);
                }
                action(check, is_last, page)
            }
            PageStart::AfterItem {
                cursor_of,
                fallback,
                ..
            } => {
                let ids = page.ids(*cursor_of);
                if !is_short && ids.iter().all(String::is_empty) {
                    let reason = "no item has an id to start the next page after";
                    return Err(no_next_page(page, reason));
                }
                let is_new = fallback.is_new(&ids);
                page.retain(&is_new);
                let new_ids = ids.iter().zip(is_new).filter(|(_, is_new)| *is_new);
                let fingerprints = fingerprint::of_ids(new_ids.map(|(id, _)| id.as_str()));
                // A page after an item never contains an earlier item, so a single one proves a repeat.
                let check = self
                    .loop_guard
                    .check(fingerprints, |page, earlier| !page.is_disjoint(earlier));
                if check == PageCheck::New {
                    fallback.replace(ids);
                }
                action(check, is_short, page)
            }
        }
    }

    /// The position before the last `remaining` items of the previous page: 0 for the start of the next page.
    pub(super) fn position(&self, remaining: usize) -> Option<PageCursor> {
        match &self.start {
            PageStart::Unpaginated => None,
            PageStart::Offset(offset) => {
                let remaining = i64::try_from(remaining).unwrap_or(i64::MAX);
                Some(PageCursor::at_offset((offset - remaining).max(0)))
            }
            PageStart::AfterItem { fallback, .. } => match fallback.before_last(remaining) {
                Some(id) => Some(PageCursor::after(id)),
                None => Some(PageCursor::at_offset(0)),
            },
        }
    }

    /// Falls back to an earlier cursor if the API may have rejected this one because its item was deleted. Returns
    /// false if the error has another cause, or if no earlier cursor is left.
    pub(super) fn fall_back(&mut self, error: &Error) -> bool {
        let PageStart::AfterItem {
            parameter,
            fallback,
            ..
        } = &mut self.start
        else {
            return false;
        };
        matches!(error, Error::Api(error) if can_be_about(error, parameter)) && fallback.fall_back()
    }
}

fn action<T>(check: PageCheck, is_last: bool, page: &Page<T>) -> Result<PageAction> {
    match check {
        PageCheck::New if is_last => Ok(PageAction::YieldAndEnd),
        PageCheck::New => Ok(PageAction::YieldAndContinue),
        PageCheck::Repeated => Ok(PageAction::SkipAndContinue),
        PageCheck::Loop => {
            let reason = "the API returned the same items again instead of the next page";
            Err(no_next_page(page, reason))
        }
    }
}

fn no_next_page<T>(page: &Page<T>, reason: &str) -> Error {
    let error = DecodeError::new(page.response.exchange().clone(), "$".to_owned(), reason);
    Error::Decode(error)
}

/// Whether an error response can be about the value of this parameter. Clerk does not document its response to the
/// id of a deleted item, so an error that names no parameter counts, but one that names only others does not.
fn can_be_about(response: &APIErrorResponse, parameter: &str) -> bool {
    let can_be = |error: &ErrorDetail| {
        let named = error.meta.as_ref().and_then(|meta| meta.get("param_name"));
        named.is_none_or(|name| name.is_null() || name == parameter)
    };
    let errors = response.errors();
    matches!(response.status().as_u16(), 400 | 404 | 422)
        && (errors.is_empty() || errors.iter().any(can_be))
}

/// Whether the list is in order of creation, the only order in which the API accepts a cursor.
fn is_order_by_creation(query: &Query) -> bool {
    let order = query.get("order_by");
    order.is_none_or(|order| order.trim_start_matches(['+', '-']) == "created_at")
}
