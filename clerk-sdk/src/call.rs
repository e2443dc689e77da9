//! A call: what a resource function returns, sent when it is awaited.
//!
//! All of the sending is compiled once, in this crate; only decoding depends on the type.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use sync_wrapper::SyncWrapper;

use crate::attempts::Attempts;
use crate::config;
use crate::error::{DecodeError, InvalidArgument};
use crate::request::Request;
use crate::response::Exchange;
use crate::settings::Settings;
use crate::wire::Slot;
use crate::{ClientConfig, Error, Response, Result, RetryPolicy};

/// One call to the API, sent when it is awaited.
///
/// It is a future that gives a [`Response`]. Nothing happens before the first poll, and dropping it
/// cancels the call. Settings for this call alone come before the `.await`:
///
/// ```no_run
/// # use std::time::Duration;
/// # async fn run() -> clerk_sdk::Result<()> {
/// let user = clerk_sdk::user::get("user_123").timeout(Duration::from_secs(2)).await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a call is sent when it is awaited"]
pub struct Call<T> {
    state: SyncWrapper<State>,
    answer: PhantomData<fn() -> T>,
}

enum State {
    Ready(Box<Prepared>),
    Sending(Pin<Box<dyn Future<Output = Result<Answered>> + Send>>),
    Done,
}

/// A call whose answer is not decoded yet.
pub(crate) struct Answered {
    exchange: Arc<Exchange>,
    #[cfg(feature = "tracing")]
    trace: crate::trace::Trace,
}

/// A call that is not sent yet.
#[derive(Clone)]
pub(crate) struct Prepared {
    transport: Transport,
    pub(crate) request: Request,
    timeout: Option<Duration>,
    attempt_timeout: Option<Duration>,
    retry: Option<RetryPolicy>,
    headers: Vec<(String, String)>,
}

impl<T> Call<T> {
    pub(crate) fn new(transport: Transport, request: Request) -> Self {
        Self::from_prepared(Box::new(Prepared {
            transport,
            request,
            timeout: None,
            attempt_timeout: None,
            retry: None,
            headers: Vec::new(),
        }))
    }

    pub(crate) fn from_prepared(prepared: Box<Prepared>) -> Self {
        Self {
            state: SyncWrapper::new(State::Ready(prepared)),
            answer: PhantomData,
        }
    }

    /// What is not sent yet, or the call where it is.
    pub(crate) fn into_prepared(self) -> Result<Box<Prepared>, Self> {
        match self.state.into_inner() {
            State::Ready(prepared) => Ok(prepared),
            state => Err(Self {
                state: SyncWrapper::new(state),
                answer: PhantomData,
            }),
        }
    }

    /// Limits how long this call may take with all its attempts, instead of [`ClientConfig::timeout`].
    pub fn timeout(self, limit: Duration) -> Self {
        self.prepare(|prepared| prepared.timeout = Some(limit))
    }

    /// Limits how long one attempt of this call may take, instead of [`ClientConfig::attempt_timeout`]; a large
    /// upload may need more.
    pub fn attempt_timeout(self, limit: Duration) -> Self {
        self.prepare(|prepared| prepared.attempt_timeout = Some(limit))
    }

    /// Makes this call again as this policy says, instead of [`ClientConfig::retry`].
    pub fn retry(self, policy: RetryPolicy) -> Self {
        self.prepare(|prepared| prepared.retry = Some(policy))
    }

    /// Sends one more header with this call, such as one that ties it to a request of yours in your logs, in the
    /// place of one of that name from [`ClientConfig::header`]. Every attempt sends it.
    ///
    /// Two names are without effect, as they are there: `Authorization`, which is the key's, and `Content-Type`
    /// on a call that has a body. Another key needs a client of its own.
    ///
    /// A name or value that no header can have is an [`Error::InvalidArgument`] of the call.
    pub fn header(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.prepare(|prepared| prepared.headers.push((name.into(), value.into())))
    }

    /// Changes what is not sent yet; a call under way is past changing.
    fn prepare(mut self, change: impl FnOnce(&mut Prepared)) -> Self {
        if let State::Ready(prepared) = self.state.get_mut() {
            change(prepared);
        }
        self
    }
}

impl<T: Slot> Future for Call<T> {
    type Output = Result<Response<T>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let answered = ready!(self.state.get_mut().poll(context))?;
        Poll::Ready(answered.decode())
    }
}

impl State {
    /// The part of polling that no type takes part in.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<Answered>> {
        if let Self::Ready(_) = self
            && let Self::Ready(prepared) = std::mem::replace(self, Self::Done)
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

impl Answered {
    pub(crate) fn decode<T: Slot>(self) -> Result<Response<T>> {
        let exchange = self.exchange;
        let result = match T::from_body(&exchange.body) {
            Ok(value) => Ok(Response::new(value, exchange)),
            Err((path, source)) => {
                let exchange = Arc::unwrap_or_clone(exchange);
                Err(Error::Decode(DecodeError::new(exchange, path, source)))
            }
        };
        #[cfg(feature = "tracing")]
        self.trace.end(result.as_ref().map(Response::exchange));
        result
    }
}

impl<T> fmt::Debug for Call<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").finish_non_exhaustive()
    }
}

/// How a resource's client reaches the API: as the process does by default, or in its own way.
#[derive(Clone, Default)]
pub(crate) struct Transport(Option<Arc<Settings>>);

impl Transport {
    pub(crate) fn new(config: ClientConfig) -> Self {
        Self(Some(Arc::new(Settings::new(config))))
    }

    pub(crate) fn call<T>(&self, request: Request) -> Call<T> {
        Call::new(self.clone(), request)
    }

    /// Calls in the same way with another key; connections, layers and the like are its own.
    #[cfg(feature = "auth")]
    pub(crate) fn with_key(&self, key: impl Into<String>) -> Self {
        Self::new(ClientConfig {
            key: ClientConfig::new(key).key,
            ..self.settings().config.clone()
        })
    }

    fn settings(&self) -> Arc<Settings> {
        self.0.clone().unwrap_or_else(Settings::shared)
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(settings) => settings.config.fmt(f),
            None => f.write_str("the process's default"),
        }
    }
}

impl Prepared {
    pub(crate) async fn send(self: Box<Self>) -> Result<Answered> {
        let attempts = self.into_attempts()?;
        #[cfg(feature = "tracing")]
        let (exchange, trace) = crate::trace::traced(&attempts).await?;
        #[cfg(not(feature = "tracing"))]
        let exchange = attempts.run().await?;
        Ok(Answered {
            exchange,
            #[cfg(feature = "tracing")]
            trace,
        })
    }

    fn into_attempts(self: Box<Self>) -> Result<Attempts> {
        let prepared = *self;
        let settings = prepared.transport.settings();
        let config = &settings.config;
        let limit = prepared.timeout.or(config.timeout);
        let attempt_limit = prepared.attempt_timeout.or(config.attempt_timeout);
        let policy = prepared.retry.or_else(|| config.retry.clone());
        Ok(Attempts {
            operation: prepared.request.operation.clone(),
            limit: limit.unwrap_or(config::DEFAULT_TIMEOUT),
            attempt_limit: attempt_limit.unwrap_or(config::DEFAULT_ATTEMPT_TIMEOUT),
            policy: policy.unwrap_or_default(),
            request: settings.outgoing(prepared.request, &prepared.headers)?,
            settings,
        })
    }
}
