//! [`PageCursor`]: a position in a list, from which a later call continues.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::call::Call;
use crate::error::InvalidArgument;
use crate::request::Request;
use crate::wire::{List, ResponseBody};

/// A position in a list: where a stream continues that was interrupted or has failed; returned by
/// [`Items::cursor`](crate::Items::cursor) and [`Pages::cursor`](crate::Pages::cursor).
///
/// It displays and serializes as a short string, such as `after:user_123` or `offset:500`, and can be parsed from it, so
/// that another process can continue. The call that it is given to must have the same filters and the same order.
///
/// ```no_run
/// # async fn run() -> clerk_sdk::Result<()> {
/// use clerk_sdk::user;
///
/// let params = user::ListParams::new();
/// let mut users = user::list(&params).items();
/// loop {
///     match users.next().await {
///         Some(Ok(user)) => println!("{}", user.id),
///         Some(Err(error)) if error.is_retryable() => {
///             eprintln!("{error}");
///             let Some(cursor) = users.cursor() else { return Err(error) };
///             tokio::time::sleep(std::time::Duration::from_secs(60)).await;
///             users = user::list(&params).resume_from(&cursor).items();
///         }
///         Some(Err(error)) => return Err(error),
///         None => return Ok(()),
///     }
/// }
/// # }
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct PageCursor(Position);

#[derive(Clone, Debug, Eq, Hash, PartialEq)]
enum Position {
    Offset(i64),
    After(String),
}

const OFFSET: &str = "offset:";
const AFTER: &str = "after:";

impl PageCursor {
    pub(super) fn at_offset(offset: i64) -> Self {
        Self(Position::Offset(offset))
    }

    pub(super) fn after(id: impl Into<String>) -> Self {
        Self(Position::After(id.into()))
    }

    /// Makes a request for the list start here.
    fn apply_to(&self, request: &mut Request) {
        let reject = |reason| InvalidArgument::new("cursor", reason);
        let Some(paging) = &request.paging else {
            return request.reject(reject("the list is not paginated"));
        };
        match &self.0 {
            Position::Offset(offset) => request.query.set("offset", &offset.to_string()),
            Position::After(id) => match paging.cursor_parameter() {
                Some(parameter) => request.query.set(parameter, id),
                None => request.reject(reject("the list is paginated by offset")),
            },
        }
    }
}

impl<T: ResponseBody> Call<List<T>> {
    /// Continues a list where an earlier stream stopped: see [`PageCursor`].
    ///
    /// A cursor of a list that is paginated in another way makes the call fail with
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument).
    pub fn resume_from(self, cursor: &PageCursor) -> Self {
        self.configure(|prepared| cursor.apply_to(&mut prepared.request))
    }
}

impl fmt::Display for PageCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Position::Offset(offset) => write!(f, "{OFFSET}{offset}"),
            Position::After(id) => write!(f, "{AFTER}{id}"),
        }
    }
}

impl FromStr for PageCursor {
    type Err = ParsePageCursorError;

    fn from_str(value: &str) -> Result<Self, Self::Err> {
        let invalid = || ParsePageCursorError(());
        if let Some(offset) = value.strip_prefix(OFFSET) {
            let offset: u32 = offset.parse().map_err(|_| invalid())?;
            return Ok(Self::at_offset(offset.into()));
        }
        let id = value.strip_prefix(AFTER).filter(|id| !id.is_empty());
        id.map(Self::after).ok_or_else(invalid)
    }
}

impl Serialize for PageCursor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PageCursor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = String::deserialize(deserializer)?;
        value.parse().map_err(de::Error::custom)
    }
}

/// An error for a string that is not a [`PageCursor`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ParsePageCursorError(());

impl fmt::Display for ParsePageCursorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a cursor: expected `after:` and an id, or `offset:` and a number")
    }
}

impl Error for ParsePageCursorError {}
