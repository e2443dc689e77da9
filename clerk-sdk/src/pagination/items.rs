//! [`Items`]: the stream of all items of a list.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::page::Entries;
use super::page_cursor::PageCursor;
use super::pages::Pages;
use crate::call::Call;
use crate::error::Result;
use crate::wire::{List, ResponseBody};

impl<T: ResponseBody> Call<List<T>> {
    /// Returns a stream of all items of the list, which requests each page when it is needed.
    ///
    /// [`Items`] implements [`Stream`], and has a [`next`](Items::next) method of its own, so you need no other
    /// crate to iterate:
    ///
    /// ```no_run
    /// # async fn run() -> clerk_sdk::Result<()> {
    /// use clerk_sdk::user;
    ///
    /// let mut users = user::list(&user::ListParams::new()).items();
    /// while let Some(user) = users.next().await.transpose()? {
    ///     println!("{}", user.id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// `limit` sets the size of a page. If it is not set, or larger than the API allows, pages are as large as the
    /// API allows. `offset` or `starting_after` sets where the stream starts. All other params, and the options of
    /// the call, apply to every page; each page has its own time limit and its own retries.
    ///
    /// The stream ends after the first error, with one exception: an item that cannot be decoded is an error for which
    /// [`DecodeError::item_index`](crate::DecodeError::item_index) is not `None`, and the stream continues with the next
    /// item. To skip such items and count them:
    ///
    /// ```no_run
    /// # async fn run() -> clerk_sdk::Result<()> {
    /// use clerk_sdk::{Error, user};
    ///
    /// let mut users = user::list(&user::ListParams::new()).items();
    /// let mut skipped = 0;
    /// while let Some(user) = users.next().await {
    ///     match user {
    ///         Ok(user) => println!("{}", user.id),
    ///         Err(Error::Decode(error)) if error.item_index().is_some() => {
    ///             eprintln!("{error}");
    ///             skipped += 1;
    ///         }
    ///         Err(error) => return Err(error),
    ///     }
    /// }
    /// println!("{skipped} skipped");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Users are paginated with a cursor (`starting_after`) if their order allows it: no user is skipped or
    /// returned twice when others are created or deleted during the iteration. If the user that the cursor names
    /// was deleted, the cursor falls back to an earlier user of the same page. If all users of that page were
    /// deleted before the next page is requested, no cursor is left, and the stream ends with the API's error.
    /// All other lists are paginated by `offset`: an item that is created or deleted during the iteration can
    /// cause another one to be skipped or returned twice.
    ///
    /// The list ends with a page that is shorter than `limit`, unless its total says that there are more items. A
    /// total alone never ends the list, as it can be wrong: a full page is always followed by another request.
    ///
    /// A list that the API does not paginate is a single page.
    ///
    /// # Errors
    ///
    /// The stream yields the errors of each page's call. If the API keeps returning the same items whichever page is
    /// requested, the last error is [`Error::Decode`](crate::Error::Decode) with that response; a page that is
    /// repeated only once is skipped. Items are compared by their ids, and items without an id by their whole
    /// content: if that differs each time, they count as new.
    pub fn items(self) -> Items<T> {
        Items {
            pages: self.pages(),
            page: Entries::none(),
        }
    }
}

/// A stream of all items of a list, in the order of the API; returned by [`Call::items`].
#[must_use = "streams do nothing unless polled"]
pub struct Items<T> {
    pages: Pages<T>,
    /// The items of the current page that the stream has not returned yet.
    page: Entries<T>,
}

impl<T: ResponseBody> Items<T> {
    /// Returns the next item, or `None` after the last.
    pub async fn next(&mut self) -> Option<Result<T>> {
        std::future::poll_fn(|context| self.poll_item(context)).await
    }

    /// The position after the last item that was returned. Give it to [`Call::resume_from`] to continue later, for
    /// example after an error; it is `None` if the API does not paginate the list.
    pub fn cursor(&self) -> Option<PageCursor> {
        self.pages.cursor_before(self.page.len())
    }

    fn poll_item(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        loop {
            if let Some(item) = self.page.next() {
                return Poll::Ready(Some(item));
            }
            match ready!(self.pages.poll_page(context)) {
                Some(Ok(page)) => self.page = page.into_entries(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }

    /// Returns the next item; `wait` sends a call and blocks until its response arrives.
    #[cfg(feature = "blocking")]
    pub(crate) fn next_with(
        &mut self,
        wait: fn(Call<List<T>>) -> Result<crate::call::UndecodedResponse>,
    ) -> Option<Result<T>> {
        loop {
            if let Some(item) = self.page.next() {
                return Some(item);
            }
            match self.pages.next_page_with(wait)? {
                Ok(page) => self.page = page.into_entries(),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl<T: ResponseBody> Stream for Items<T> {
    type Item = Result<T>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_item(context)
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").finish_non_exhaustive()
    }
}

// The items are moved out of the stream and never pinned in it.
impl<T> Unpin for Items<T> {}
