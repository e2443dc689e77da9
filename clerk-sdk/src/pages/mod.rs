//! Lists over all of their pages: a stream of pages, a stream of items.

mod keys;
mod passed;
mod position;
mod seen;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec;

use futures_core::Stream;

use position::{Next, Position};

use crate::call::PreparedCall as Prepared;
use crate::wire::Decode;
use crate::{Call, List, Response, Result};

#[allow(
    private_bounds,
    reason = "what can be in a list is this crate's to say"
)]
impl<T: Decode + 'static> Call<List<T>> {
    /// All items of the list, from here to its end, each page asked for when it is needed.
    ///
    /// It is a [`Stream`], with a [`next`](Items::next) of its own for those who have no use for the
    /// methods of `futures::TryStreamExt`:
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
    /// `limit` is how many items a page has, as many as the API allows where it is not set or more than that;
    /// `offset` or `starting_after` is where to begin. What else the params and the call say holds for every page:
    /// each has its own time limit and its own attempts. The first error is the last thing the stream gives.
    ///
    /// Users are followed by id (`starting_after`) where their order allows it, which misses and doubles nobody
    /// while others come and go: where the user to follow is deleted, the walk follows one before. Only where a
    /// whole page of them is deleted before the next one is asked for, there is none left to follow, and the API's
    /// refusal is the last thing. Everything else is counted off by `offset`: an item that is made or deleted
    /// meanwhile can make another one come twice or not at all.
    ///
    /// The list ends with a page that is shorter than was asked for, unless its total says that there is more. A
    /// total alone ends nothing, as it can be wrong: after a full page there is always another request.
    ///
    /// A list that the API gives in one piece is one page.
    ///
    /// # Errors
    ///
    /// Beside those of each page: where the API gives what it gave before, however far it is asked to go, the
    /// last thing is [`Error::Decode`](crate::Error::Decode) with that answer. A page that comes again once is
    /// left out. Items are told apart by their ids, and those without one by all that they hold; where that
    /// differs each time, they are new ones.
    pub fn items(self) -> Items<T> {
        Items {
            pages: self.pages(),
            page: Vec::new().into_iter(),
        }
    }

    /// The pages of the list, from here to its end; like [`items`](Self::items) in all else.
    ///
    /// A page has its trace id, and the total where the API tells one: a list that tells it only when it is
    /// asked to is asked.
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
            Ok(following) => Pages {
                position: Position::new(&following.request),
                call: None,
                following: Some(following),
            },
            // It was polled before: its own page is all there is to give.
            Err(call) => Pages {
                position: Position::default(),
                call: Some(call),
                following: None,
            },
        }
    }
}

/// A page, or why there is none.
type Page<T> = Result<Response<List<T>>>;

/// The pages of a list, each asked for when it is needed; from [`Call::pages`].
#[must_use = "nothing is asked for before the stream is polled"]
pub struct Pages<T> {
    position: Position<T>,
    /// The call for the page that is on its way.
    call: Option<Call<List<T>>>,
    /// What the call for the next page is made from; `None` where there is none.
    following: Option<Box<Prepared>>,
}

#[allow(
    private_bounds,
    reason = "what can be in a list is this crate's to say"
)]
impl<T: Decode + 'static> Pages<T> {
    /// The next page, or `None` after the last.
    pub async fn next(&mut self) -> Option<Result<Response<List<T>>>> {
        std::future::poll_fn(|context| self.poll(context)).await
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Page<T>>> {
        loop {
            let Some(call) = &mut self.call else {
                match self.ask() {
                    Some(call) => self.call = Some(call),
                    None => return Poll::Ready(None),
                }
                continue;
            };
            let answer = ready!(Pin::new(call).poll(context));
            self.call = None;
            if let Some(given) = self.take(answer) {
                return Poll::Ready(Some(given));
            }
        }
    }

    /// What to give for an answer, if anything; then nothing is asked for after the last page or an error.
    fn take(&mut self, answer: Page<T>) -> Option<Page<T>> {
        let passed = answer.and_then(|mut page| {
            let next = self.position.pass(&mut page)?;
            Ok((page, next))
        });
        match passed {
            Ok((page, Next::More)) => Some(Ok(page)),
            Ok((_, Next::Again)) => None,
            Ok((_, Next::Over)) => {
                self.following = None;
                None
            }
            Ok((page, Next::End)) => {
                self.following = None;
                Some(Ok(page))
            }
            Err(error) if self.following.is_some() && self.position.step_back(&error) => None,
            Err(error) => {
                self.following = None;
                Some(Err(error))
            }
        }
    }

    /// The next page, where `make` makes a call and waits for it.
    #[cfg(feature = "blocking")]
    pub(crate) fn next_with(&mut self, make: fn(Call<List<T>>) -> Page<T>) -> Option<Page<T>> {
        loop {
            let call = self.call.take().or_else(|| self.ask())?;
            if let Some(given) = self.take(make(call)) {
                return Some(given);
            }
        }
    }

    fn ask(&self) -> Option<Call<List<T>>> {
        let mut prepared = self.following.clone()?;
        self.position.put_into(&mut prepared.request);
        Some(Call::from_prepared(prepared))
    }
}

impl<T: Decode + 'static> Stream for Pages<T> {
    type Item = Result<Response<List<T>>>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll(context)
    }
}

/// All items of a list, in the order of the API; from [`Call::items`].
#[must_use = "nothing is asked for before the stream is polled"]
pub struct Items<T> {
    pages: Pages<T>,
    page: vec::IntoIter<T>,
}

#[allow(
    private_bounds,
    reason = "what can be in a list is this crate's to say"
)]
impl<T: Decode + 'static> Items<T> {
    /// The next item, or `None` after the last.
    pub async fn next(&mut self) -> Option<Result<T>> {
        std::future::poll_fn(|context| self.poll(context)).await
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        loop {
            if let Some(item) = self.page.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(self.pages.poll(context)) {
                Some(Ok(page)) => self.page = page.into_iter(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

#[cfg(feature = "blocking")]
#[allow(
    private_bounds,
    reason = "what can be in a list is this crate's to say"
)]
impl<T: Decode + 'static> Items<T> {
    /// The next item, where `make` makes a call and waits for it.
    pub(crate) fn next_with(&mut self, make: fn(Call<List<T>>) -> Page<T>) -> Option<Result<T>> {
        loop {
            if let Some(item) = self.page.next() {
                return Some(Ok(item));
            }
            match self.pages.next_with(make)? {
                Ok(page) => self.page = page.into_iter(),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl<T: Decode + 'static> Stream for Items<T> {
    type Item = Result<T>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll(context)
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").finish_non_exhaustive()
    }
}

// Items are handed over, never pinned.
impl<T> Unpin for Pages<T> {}
impl<T> Unpin for Items<T> {}
