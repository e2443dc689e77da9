//! How an operation paginates its list: a fact that generated code states.

use std::any::Any;
use std::sync::Arc;

/// Returns the cursor of an item: the string that the request for the next page names.
pub(crate) type CursorOf<T> = fn(&T) -> &str;

/// The pagination of one operation.
#[derive(Clone)]
pub(crate) struct Paging {
    /// The largest page that the API returns.
    pub(crate) max_limit: i64,
    /// Whether the total count has to be requested.
    pub(crate) is_counted: bool,
    cursor: Option<CursorParameter>,
}

#[derive(Clone)]
struct CursorParameter {
    name: &'static str,
    /// A [`CursorOf`] the item type. A request does not know that type; its call does.
    cursor_of: Arc<dyn Any + Send + Sync>,
}

impl Paging {
    /// Pagination by `limit` and `offset`.
    pub(crate) fn new(max_limit: i64) -> Self {
        Self {
            max_limit,
            is_counted: false,
            cursor: None,
        }
    }

    /// The API sends the total count if `paginated` asks for it.
    pub(crate) fn counted(mut self) -> Self {
        self.is_counted = true;
        self
    }

    /// Pagination by cursor too: `parameter` names the last item of the page before.
    pub(crate) fn after<T: 'static>(
        mut self,
        parameter: &'static str,
        cursor_of: CursorOf<T>,
    ) -> Self {
        self.cursor = Some(CursorParameter {
            name: parameter,
            cursor_of: Arc::new(cursor_of),
        });
        self
    }

    /// The name of the cursor's parameter, and how an item gives its value.
    pub(crate) fn cursor<T: 'static>(&self) -> Option<(&'static str, CursorOf<T>)> {
        let cursor = self.cursor.as_ref()?;
        Some((
            cursor.name,
            *cursor.cursor_of.downcast_ref::<CursorOf<T>>()?,
        ))
    }
}
