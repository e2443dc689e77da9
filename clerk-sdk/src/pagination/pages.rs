//! [`Pages`]: the stream of all pages of a list.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::cursor::{Cursor, PageAction};
use super::page::Page;
use super::page_cursor::PageCursor;
use crate::call::Call;
use crate::call::{PreparedCall, UndecodedResponse};
use crate::error::Result;
use crate::response::Response;
use crate::wire::{List, ResponseBody};

impl<T: ResponseBody> Call<List<T>> {
    /// Returns a stream of the pages of the list; see [`items`](Self::items) for how it paginates.
    ///
    /// Each page is a [`Response`] with its own trace id, and has the total if the API reports one. If the API
    /// reports the total only on request, the stream requests it.
    ///
    /// ```no_run
    /// # async fn run() -> clerk_sdk::Result<()> {
    /// use clerk_sdk::organization;
    ///
    /// let mut pages = organization::list(&organization::ListParams::new().limit(100)).pages();
    /// while let Some(page) = pages.next().await.transpose()? {
    ///     println!("{} of {:?}", page.len(), page.total_count);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn pages(self) -> Pages<T> {
        match self.into_prepared() {
            Ok(first) => Pages {
                cursor: Cursor::new(&first.request),
                in_flight: None,
                base: Some(first),
            },
            // The call was polled before, so its own page is all that there is to return.
            Err(call) => Pages {
                cursor: Cursor::default(),
                in_flight: Some(call),
                base: None,
            },
        }
    }
}

/// A stream of the pages of a list, each requested when it is needed; returned by [`Call::pages`].
#[must_use = "streams do nothing unless polled"]
pub struct Pages<T> {
    cursor: Cursor<T>,
    /// The call for the page that the stream waits for.
    in_flight: Option<Call<List<T>>>,
    /// The call as the caller made it, from which the call for each page is made; `None` after the last page.
    base: Option<Box<PreparedCall>>,
}

impl<T: ResponseBody> Pages<T> {
    /// Returns the next page, or `None` after the last.
    pub async fn next(&mut self) -> Option<Result<Response<List<T>>>> {
        let page = std::future::poll_fn(|context| self.poll_page(context)).await;
        page.map(|page| page.and_then(Page::into_response))
    }

    /// The position of the next page: after the last one that was returned, or of the one that failed. Give it to
    /// [`Call::resume_from`] to continue later; it is `None` if the API does not paginate the list.
    pub fn cursor(&self) -> Option<PageCursor> {
        self.cursor.position(0)
    }

    /// The position before the last `remaining` items of the last page.
    pub(super) fn cursor_before(&self, remaining: usize) -> Option<PageCursor> {
        self.cursor.position(remaining)
    }

    pub(super) fn poll_page(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Page<T>>>> {
        loop {
            let Some(call) = &mut self.in_flight else {
                match self.next_call() {
                    Some(call) => self.in_flight = Some(call),
                    None => return Poll::Ready(None),
                }
                continue;
            };
            let result = ready!(call.poll_undecoded(context));
            self.in_flight = None;
            if let Some(page) = self.handle(result) {
                return Poll::Ready(Some(page));
            }
        }
    }

    /// Returns the next page; `wait` sends a call and blocks until its response arrives.
    #[cfg(feature = "blocking")]
    pub(crate) fn next_with(
        &mut self,
        wait: fn(Call<List<T>>) -> Result<UndecodedResponse>,
    ) -> Option<Result<Response<List<T>>>> {
        let page = self.next_page_with(wait)?;
        Some(page.and_then(Page::into_response))
    }

    #[cfg(feature = "blocking")]
    pub(super) fn next_page_with(
        &mut self,
        wait: fn(Call<List<T>>) -> Result<UndecodedResponse>,
    ) -> Option<Result<Page<T>>> {
        loop {
            let call = self.in_flight.take().or_else(|| self.next_call())?;
            if let Some(page) = self.handle(wait(call)) {
                return Some(page);
            }
        }
    }

    /// The call for the page at the cursor, or `None` after the last page.
    fn next_call(&self) -> Option<Call<List<T>>> {
        let mut prepared = self.base.clone()?;
        self.cursor.apply_to(&mut prepared.request);
        Some(Call::from_prepared(prepared))
    }

    /// Moves the cursor past the result of a call, and returns what the stream yields for it, if anything. After
    /// the last page and after an error there is no next call.
    fn handle(&mut self, result: Result<UndecodedResponse>) -> Option<Result<Page<T>>> {
        let advanced = result.and_then(|response| {
            let mut page = Page::new(response.decode_page()?);
            let action = self.cursor.advance(&mut page)?;
            Ok((page, action))
        });
        match advanced {
            Ok((page, PageAction::YieldAndContinue)) => Some(Ok(page)),
            Ok((_, PageAction::SkipAndContinue)) => None,
            Ok((_, PageAction::SkipAndEnd)) => {
                self.base = None;
                None
            }
            Ok((page, PageAction::YieldAndEnd)) => {
                self.base = None;
                Some(Ok(page))
            }
            Err(error) if self.base.is_some() && self.cursor.fall_back(&error) => None,
            Err(error) => {
                self.base = None;
                Some(Err(error))
            }
        }
    }
}

impl<T: ResponseBody> Stream for Pages<T> {
    type Item = Result<Response<List<T>>>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let page = ready!(self.get_mut().poll_page(context));
        Poll::Ready(page.map(|page| page.and_then(Page::into_response)))
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").finish_non_exhaustive()
    }
}

// The pages are moved out of the stream and never pinned in it.
impl<T> Unpin for Pages<T> {}
