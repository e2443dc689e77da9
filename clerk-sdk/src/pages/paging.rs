//! How the API pages a list, as the document says.

use std::any::Any;
use std::sync::Arc;

/// Gives the text of an item that the next page follows.
pub(super) type Key<T> = fn(&T) -> &str;

/// The paging of one operation: generated code makes it, a stream follows it.
#[derive(Clone)]
pub(crate) struct Paging {
    /// The most items that a page can have.
    pub(super) largest: i64,
    pub(super) is_counted: bool,
    cursor: Option<Cursor>,
}

#[derive(Clone)]
struct Cursor {
    parameter: &'static str,
    /// A [`Key`] of the item's type. A request does not know the type; its call does.
    key: Arc<dyn Any + Send + Sync>,
}

impl Paging {
    /// By `limit` and `offset`.
    pub(crate) fn new(largest: i64) -> Self {
        Self {
            largest,
            is_counted: false,
            cursor: None,
        }
    }

    /// The total comes where `paginated` asks for it.
    pub(crate) fn counted(mut self) -> Self {
        self.is_counted = true;
        self
    }

    /// By `parameter` too, which names the last item of the page before.
    pub(crate) fn after<T: 'static>(mut self, parameter: &'static str, key: Key<T>) -> Self {
        let key = Arc::new(key);
        self.cursor = Some(Cursor { parameter, key });
        self
    }

    pub(super) fn cursor<T: 'static>(&self) -> Option<(&'static str, Key<T>)> {
        let cursor = self.cursor.as_ref()?;
        Some((cursor.parameter, *cursor.key.downcast_ref::<Key<T>>()?))
    }
}
