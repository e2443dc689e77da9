//! Pagination: streams of all items or all pages of a list, over any call that returns a [`List`](crate::List).
//!
//! `cursor.rs` decides where the next page starts and whether there is one; `loop_guard.rs` ends the stream if the
//! API repeats its pages.

mod cursor;
mod cursor_fallback;
mod fingerprint;
mod items;
mod loop_guard;
mod page;
mod page_cursor;
mod pages;

pub use items::Items;
pub use page_cursor::{PageCursor, ParsePageCursorError};
pub use pages::Pages;
