//! How an operation paginates its list, as generated code declares it.

use std::any::Any;
use std::sync::Arc;

/// Returns the id of an item, which is the cursor for the page after it.
pub(crate) type CursorFn<T> = fn(&T) -> &str;

/// The pagination of one operation: the largest `limit` that it takes, and whether it takes a cursor besides `offset`.
#[derive(Clone)]
pub(crate) struct Paging {
    /// The largest `limit` that the API accepts.
    pub(crate) max_limit: i64,
    /// Whether the API returns the total only if the request sets `paginated`.
    pub(crate) total_needs_paginated: bool,
    cursor: Option<CursorParameter>,
}

#[derive(Clone)]
struct CursorParameter {
    name: &'static str,
    /// A [`CursorFn`] for the type of the items, which only the call knows, not the request.
    cursor_of: Arc<dyn Any + Send + Sync>,
}

impl Paging {
    /// Describes pagination by `limit` and `offset`.
    pub(crate) fn new(max_limit: i64) -> Self {
        Self {
            max_limit,
            total_needs_paginated: false,
            cursor: None,
        }
    }

    /// Declares that the API returns the total only if the request sets `paginated`.
    pub(crate) fn counted(mut self) -> Self {
        self.total_needs_paginated = true;
        self
    }

    /// Declares that the API also takes a cursor: the parameter `name` with the id of the previous page's last item.
    pub(crate) fn after<T: 'static>(mut self, name: &'static str, cursor_of: CursorFn<T>) -> Self {
        let cursor_of = Arc::new(cursor_of);
        self.cursor = Some(CursorParameter { name, cursor_of });
        self
    }

    /// The name of the cursor's parameter.
    pub(crate) fn cursor_parameter(&self) -> Option<&'static str> {
        self.cursor.as_ref().map(|cursor| cursor.name)
    }

    /// The function that reads the cursor from an item; `None` for items of the caller's own type.
    pub(crate) fn cursor_of<T: 'static>(&self) -> Option<CursorFn<T>> {
        let cursor = self.cursor.as_ref()?;
        cursor.cursor_of.downcast_ref().copied()
    }
}
