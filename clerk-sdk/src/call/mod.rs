//! Calls: the futures that resource functions return, sent when they are awaited.
//!
//! Sending is compiled once, in this crate; only decoding depends on the type of the response.

mod attempts;
#[cfg(any(feature = "metrics", feature = "tracing"))]
mod error_type;
mod prepared_call;
#[cfg(feature = "tracing")]
mod trace;
mod undecoded_response;

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http::{HeaderName, HeaderValue};
use sync_wrapper::SyncWrapper;

pub(crate) use prepared_call::PreparedCall;
pub(crate) use undecoded_response::{DecodedPage, UndecodedResponse, item_error};

use crate::config::ClientHandle;
use crate::error::{InvalidArgument, Result};
use crate::request::Request;
use crate::response::Response;
use crate::retry::RetryPolicy;
use crate::wire::ResponseBody;

/// A call to the API, sent when it is awaited.
///
/// It is a future that resolves to a [`Response`]. Nothing happens before it is first polled, and dropping it
/// cancels the call. Options for a single call are set before the `.await`:
///
/// ```no_run
/// # use std::time::Duration;
/// # async fn run() -> clerk_sdk::Result<()> {
/// let user = clerk_sdk::user::get("user_123").timeout(Duration::from_secs(2)).await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is sent until the call is awaited: add `.await`"]
pub struct Call<T> {
    state: SyncWrapper<State>,
    response: PhantomData<fn() -> T>,
}

enum State {
    Prepared(Box<PreparedCall>),
    Sending(Pin<Box<dyn Future<Output = Result<UndecodedResponse>> + Send>>),
    Done,
}

impl<T> Call<T> {
    pub(crate) fn new(client: &ClientHandle, request: Request) -> Self {
        Self::from_prepared(Box::new(PreparedCall::new(client.clone(), request)))
    }

    pub(crate) fn from_prepared(prepared: Box<PreparedCall>) -> Self {
        Self {
            state: SyncWrapper::new(State::Prepared(prepared)),
            response: PhantomData,
        }
    }

    /// Returns the prepared call, or the call itself if it was sent already.
    pub(crate) fn into_prepared(self) -> Result<Box<PreparedCall>, Self> {
        match self.state.into_inner() {
            State::Prepared(prepared) => Ok(prepared),
            state => Err(Self {
                state: SyncWrapper::new(state),
                response: PhantomData,
            }),
        }
    }

    /// Limits how long this call may take with all its attempts, instead of
    /// [`ClientConfig::timeout`](crate::ClientConfig::timeout).
    pub fn timeout(self, limit: Duration) -> Self {
        self.configure(|prepared| prepared.timeout = Some(limit))
    }

    /// Limits how long one attempt of this call may take, instead of
    /// [`ClientConfig::attempt_timeout`](crate::ClientConfig::attempt_timeout). A large upload may need more.
    pub fn attempt_timeout(self, limit: Duration) -> Self {
        self.configure(|prepared| prepared.attempt_timeout = Some(limit))
    }

    /// Sets the retry policy of this call, instead of [`ClientConfig::retry`](crate::ClientConfig::retry).
    pub fn retry(self, policy: RetryPolicy) -> Self {
        self.configure(|prepared| prepared.retry = Some(policy))
    }

    /// Sends a header with every attempt of this call, such as one with a correlation id. It replaces a
    /// header of that name from [`ClientConfig::header`](crate::ClientConfig::header).
    ///
    /// Two names have no effect: `Authorization`, which contains the key, and `Content-Type` on a call that has a
    /// body. To use another key, create another client.
    ///
    /// A name or value that is not allowed in a header, and a header that the HTTP client sets itself
    /// (`Content-Length`, `Host`, `Connection` and the like), makes the call fail with
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument).
    pub fn header(self, name: impl TryInto<HeaderName>, value: impl TryInto<HeaderValue>) -> Self {
        self.configure(|prepared| prepared.headers.add(name, value))
    }

    /// Decodes the response into a type of your own, which can have members that the SDK's type lacks.
    ///
    /// For a list, `T` is the [`List`](crate::List) of your type; [`items`](Call::items) and [`pages`](Call::pages) then
    /// return your type too.
    ///
    /// ```no_run
    /// use clerk_sdk::types::User;
    /// use clerk_sdk::{List, user};
    /// use serde::Deserialize;
    ///
    /// #[derive(Deserialize)]
    /// struct BetaUser {
    ///     #[serde(flatten)]
    ///     user: User,
    ///     beta_feature: Option<String>,
    /// }
    ///
    /// # async fn run() -> clerk_sdk::Result<()> {
    /// let ada = user::get("user_123").decode_as::<BetaUser>().await?;
    /// println!("{} {:?}", ada.user.id, ada.beta_feature);
    ///
    /// let params = user::ListParams::new();
    /// let mut users = user::list(&params).decode_as::<List<BetaUser>>().items();
    /// while let Some(user) = users.next().await.transpose()? {
    ///     println!("{} {:?}", user.user.id, user.beta_feature);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If the response does not match the type, the call fails with [`Error::Decode`](crate::Error::Decode), although the
    /// operation itself succeeded.
    pub fn decode_as<U: ResponseBody>(self) -> Call<U> {
        Call {
            state: self.state,
            response: PhantomData,
        }
    }

    /// Sends the call only if that delays no others: see
    /// [`RateLimitedCall::is_low_priority`](crate::RateLimitedCall::is_low_priority).
    #[cfg(feature = "auth")]
    pub(crate) fn low_priority(self, is_low_priority: bool) -> Self {
        self.configure(|prepared| prepared.is_low_priority = is_low_priority)
    }

    /// Polls the call up to the response, which it does not decode.
    pub(crate) fn poll_undecoded(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Result<UndecodedResponse>> {
        self.state.get_mut().poll(context)
    }

    /// Changes the prepared call; has no effect if it was sent already.
    pub(crate) fn configure(mut self, change: impl FnOnce(&mut PreparedCall)) -> Self {
        if let State::Prepared(prepared) = self.state.get_mut() {
            change(prepared);
        }
        self
    }
}

impl<T: ResponseBody> Future for Call<T> {
    type Output = Result<Response<T>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let response = ready!(self.poll_undecoded(context))?;
        Poll::Ready(response.decode())
    }
}

impl State {
    /// The part of polling that does not depend on the type of the response.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<UndecodedResponse>> {
        if let Self::Prepared(_) = self
            && let Self::Prepared(prepared) = std::mem::replace(self, Self::Done)
        {
            *self = Self::Sending(Box::pin(prepared.send()));
        }
        let Self::Sending(future) = self else {
            let reason = "it was polled after it had completed";
            return Poll::Ready(Err(InvalidArgument::new("call", reason).into()));
        };
        let result = ready!(future.as_mut().poll(context));
        *self = Self::Done;
        Poll::Ready(result)
    }
}

impl<T> fmt::Debug for Call<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").finish_non_exhaustive()
    }
}
