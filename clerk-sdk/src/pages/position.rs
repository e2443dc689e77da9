//! Where in a list a stream is, and whether there is more.

use super::keys::{self, Keys};
use super::passed::Passed;
use super::seen::{Look, Seen};
use crate::error::DecodeError;
use crate::request::CursorOf as Key;
use crate::request::Request;
use crate::types::ClerkError;
use crate::wire::Query;
use crate::{APIErrorResponse, Error, List, Response, Result};

/// A place in a list, after which the next page comes.
pub(super) struct Position<T> {
    /// How many items a page is asked to have; one with less is short.
    limit: i64,
    is_counted: bool,
    place: Place<T>,
    seen: Seen,
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
    /// Leave it: it came before, and the list was at its end then.
    Over,
    /// Leave it and ask for another: it came before.
    Again,
}

impl<T: 'static> Position<T> {
    /// Where a request begins.
    pub(super) fn new(request: &Request) -> Self {
        let Some(paging) = &request.paging else {
            return Self::default();
        };
        let query = &request.query;
        let number = |name: &str| query.get(name).and_then(|text| text.parse().ok());
        let offset = number("offset").unwrap_or(0);
        // Where the API gives less than it is asked for, a whole page would look like the last.
        let limit =
            number("limit").map_or(paging.max_limit, |limit: i64| limit.min(paging.max_limit));
        let Some((parameter, key)) = paging
            .cursor()
            .filter(|_| offset == 0 && is_followable(query))
        else {
            return Self::at(Place::Offset(offset), limit, paging.is_counted);
        };
        let followed = query.get(parameter);
        let seen = Seen::after(keys::of_ids(followed.as_deref()));
        let place = Place::After {
            parameter,
            key,
            passed: Passed::new(followed),
        };
        Self {
            seen,
            ..Self::at(place, limit, paging.is_counted)
        }
    }

    fn at(place: Place<T>, limit: i64, is_counted: bool) -> Self {
        Self {
            limit,
            is_counted,
            place,
            seen: Seen::default(),
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
        let limit = self.limit.to_string();
        if query.get("limit").as_ref() != Some(&limit) {
            query.set("limit", &limit);
        }
        if self.is_counted && query.get("paginated").is_none() {
            query.set("paginated", "true");
        }
    }

    /// Moves behind a page that came, and takes out of it what came before.
    ///
    /// # Errors
    ///
    /// Where there is no way on: the API gives the same items however far it is asked to go, or none that can be
    /// followed.
    pub(super) fn pass(&mut self, page: &mut Response<List<T>>) -> Result<Next> {
        if page.is_empty() {
            return Ok(Next::End);
        }
        let items = i64::try_from(page.len()).unwrap_or(i64::MAX);
        let is_short = items < self.limit;
        // Whether the total says that all had come before this page.
        let mut was_all = false;
        let (look, is_last) = match &mut self.place {
            Place::Start => (Look::New, true),
            Place::Offset(offset) => {
                was_all = page.total_count.is_some_and(|total| total <= *offset);
                *offset = offset.saturating_add(items);
                // Of a page that is full not even the total says that it is the last, as totals can be wrong; of
                // a short one it can say that it is not, as the API may give less at a time.
                let is_last = is_short && page.total_count.is_none_or(|total| total <= *offset);
                // What is made meanwhile moves some items into the next page, seldom all.
                let keys = keys::of_body(page.body());
                (self.seen.look(keys, Keys::is_subset), is_last)
            }
            Place::After { key, passed, .. } => {
                let ids: Vec<String> = page.iter().map(|item| key(item).to_owned()).collect();
                if !is_short && ids.last().is_none_or(String::is_empty) {
                    return Err(no_way_on(page, "the last item has no id to go on from"));
                }
                passed.leave_out(&mut page.data, *key);
                let keys = keys::of_ids(page.iter().map(key));
                // Behind an item nothing comes that came before it.
                let look = self.seen.look(keys, |page, seen| !page.is_disjoint(seen));
                if look == Look::New {
                    passed.take(ids);
                }
                (look, is_short)
            }
        };
        match look {
            Look::New if is_last => Ok(Next::End),
            Look::New => Ok(Next::More),
            // A list that comes whole however it is asked for.
            Look::Again if was_all => Ok(Next::Over),
            Look::Again => Ok(Next::Again),
            Look::Endless => {
                let reason = "the API gives the same items again, however far it is asked to go";
                Err(no_way_on(page, reason))
            }
        }
    }

    /// Goes back a little where the API refuses to go on, as the item to go on from may be deleted; false
    /// where there is nothing else to try.
    pub(super) fn step_back(&mut self, error: &Error) -> bool {
        let Place::After {
            parameter, passed, ..
        } = &mut self.place
        else {
            return false;
        };
        matches!(error, Error::Api(refusal) if is_about(refusal, parameter)) && passed.step_back()
    }
}

/// Whether a refusal can be about the value of this parameter. What the API says of an id that is gone is not
/// documented, so a refusal that names no parameter can; one that names only others cannot.
fn is_about(refusal: &APIErrorResponse, parameter: &str) -> bool {
    let can_be = |error: &ClerkError| {
        let named = error.meta.as_ref().and_then(|meta| meta.get("param_name"));
        named.is_none_or(|name| name.is_null() || name == parameter)
    };
    let errors = refusal.errors();
    matches!(refusal.status().as_u16(), 400 | 404 | 422)
        && (errors.is_empty() || errors.iter().any(can_be))
}

/// Users can be followed only in the order in which they were made.
fn is_followable(query: &Query) -> bool {
    let order = query.get("order_by");
    order.is_none_or(|order| order.trim_start_matches(['+', '-']) == "created_at")
}

fn no_way_on<T>(page: &Response<List<T>>, reason: &str) -> Error {
    Error::Decode(DecodeError::new(
        page.exchange().clone(),
        "$".to_owned(),
        reason,
    ))
}
