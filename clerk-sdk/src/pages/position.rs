//! Where in a list a stream is, and whether there is more.

use bytes::Bytes;

use super::paging::Key;
use super::passed::Passed;
use crate::error::DecodeError;
use crate::request::{Query, Request};
use crate::{Error, List, Response, Result};

/// A place in a list, after which the next page comes.
pub(super) struct Position<T> {
    /// How many items a page is asked to have.
    limit: i64,
    is_counted: bool,
    place: Place<T>,
    /// The page before, to notice that the API gives it again.
    previous: Bytes,
    repeats: u32,
}

enum Place<T> {
    /// The list comes in one piece.
    Start,
    Offset(i64),
    After {
        parameter: &'static str,
        key: Key<T>,
        passed: Passed,
    },
}

/// A list in one piece.
impl<T: 'static> Default for Position<T> {
    fn default() -> Self {
        Self::at(Place::Start, 0, false)
    }
}

/// What to do after a page.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Next {
    /// Give it and ask for another.
    More,
    /// Give it; it is the last.
    End,
    /// Leave it: it is the page that came before.
    Again,
}

/// How often the same page may come again. Once is no fault: as many items as a page has may have been
/// made meanwhile.
const MAX_REPEATS: u32 = 2;

impl<T: 'static> Position<T> {
    /// Where a request begins.
    pub(super) fn new(request: &Request) -> Self {
        let Some(paging) = &request.paging else {
            return Self::default();
        };
        let query = &request.query;
        let number = |name: &str| query.get(name).and_then(|text| text.parse().ok());
        let offset = number("offset").unwrap_or(0);
        let place = match paging.cursor() {
            Some((parameter, key)) if offset == 0 && is_followable(query) => Place::After {
                parameter,
                key,
                passed: Passed::new(query.get(parameter)),
            },
            _ => Place::Offset(offset),
        };
        let limit = number("limit").unwrap_or(paging.largest);
        Self::at(place, limit, paging.is_counted)
    }

    fn at(place: Place<T>, limit: i64, is_counted: bool) -> Self {
        Self {
            limit,
            is_counted,
            place,
            previous: Bytes::new(),
            repeats: 0,
        }
    }

    /// Makes a request ask for the page here.
    pub(super) fn put_into(&self, request: &mut Request) {
        let query = &mut request.query;
        match &self.place {
            Place::Start => return,
            Place::Offset(0) => {}
            Place::Offset(offset) => query.set("offset", &offset.to_string()),
            Place::After {
                parameter, passed, ..
            } => {
                if let Some(id) = passed.id() {
                    query.set(parameter, id);
                }
            }
        }
        if query.get("limit").is_none() {
            query.set("limit", &self.limit.to_string());
        }
        if self.is_counted && query.get("paginated").is_none() {
            query.set("paginated", "true");
        }
    }

    /// Moves behind a page that came, and takes out of it what came before.
    ///
    /// # Errors
    ///
    /// Where the API gives the same page however far it is asked to go.
    pub(super) fn pass(&mut self, page: &mut Response<List<T>>) -> Result<Next> {
        if page.is_empty() {
            return Ok(Next::End);
        }
        let is_repeated = *page.body() == self.previous;
        let items = i64::try_from(page.len()).unwrap_or(i64::MAX);
        let is_short = items < self.limit;
        let next = match &mut self.place {
            Place::Start => Next::End,
            Place::Offset(offset) => {
                *offset = offset.saturating_add(items);
                next(is_short, *offset, page.total_count)
            }
            Place::After { key, passed, .. } => {
                passed.pass(&mut page.data, *key);
                next(is_short, 0, None)
            }
        };
        if !is_repeated {
            (self.previous, self.repeats) = (page.body().clone(), 0);
            return Ok(next);
        }
        self.repeats += 1;
        match (self.repeats < MAX_REPEATS, next) {
            (_, Next::End) => Ok(Next::End),
            (true, _) => Ok(Next::Again),
            (false, _) => Err(same_again(page)),
        }
    }

    /// Goes back a little where the API refuses to go on, as the item to go on from may be deleted; false
    /// where there is nothing else to try.
    pub(super) fn step_back(&mut self, error: &Error) -> bool {
        let status = error.status().map(|status| status.as_u16());
        match &mut self.place {
            Place::After { passed, .. } if matches!(status, Some(400 | 404 | 422)) => {
                passed.step_back()
            }
            _ => false,
        }
    }
}

/// Whether there is more after so many items, the last page of which was short or full.
fn next(is_short: bool, passed: i64, total: Option<i64>) -> Next {
    match total {
        // The API may give less at a time than it is asked for.
        Some(total) if passed < total => Next::More,
        Some(total) if passed == total => Next::End,
        // No total, or one that cannot be true.
        _ if is_short => Next::End,
        _ => Next::More,
    }
}

/// Users can be followed only in the order in which they were made.
fn is_followable(query: &Query) -> bool {
    let order = query.get("order_by");
    order.is_none_or(|order| order.trim_start_matches(['+', '-']) == "created_at")
}

fn same_again<T>(page: &Response<List<T>>) -> Error {
    let source = "the API gives the same page again and again, whichever it is asked for";
    let error = DecodeError::new(page.exchange().clone(), "$".to_owned(), source);
    Error::Decode(error).after(page.attempts())
}
