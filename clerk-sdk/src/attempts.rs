//! The attempts of one call: sending, waiting, sending again, within the limits.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use crate::backend::BackendErrorKind;
use crate::config;
use crate::error::{APIErrorResponse, DecodeError, TimeoutError, TimeoutPhase, TransportError};
use crate::outgoing::Outgoing;
use crate::rate_limit::{CallDescriptor, Throttled};
use crate::request::Operation;
use crate::response::Exchange;
use crate::settings::Settings;
use crate::{BackendError, ClientConfig, Error, RateLimit, Result, RetryPolicy};

/// One call, ready to be sent as often as need be.
pub(crate) struct Attempts {
    pub(crate) operation: Operation,
    pub(crate) request: Outgoing,
    pub(crate) settings: Arc<Settings>,
    pub(crate) policy: RetryPolicy,
    /// For the whole call.
    pub(crate) limit: Duration,
    pub(crate) attempt_limit: Duration,
}

/// What has become of a call so far.
#[derive(Default)]
struct Progress {
    attempts: u32,
    is_in_doubt: bool,
    /// What the last attempt ended in.
    last: Option<Error>,
}

const LEAST_LEFT: Duration = Duration::from_secs(1);

impl Attempts {
    pub(crate) async fn run(&self) -> Result<Arc<Exchange>> {
        // Outside tokio nothing here can wait, so the first attempt is the last.
        if tokio::runtime::Handle::try_current().is_err() {
            self.go_now()?;
            let answer = self.settings.backend.send(self.to_http()).await;
            return self.judge(answer);
        }
        let mut now = Instant::now();
        let end = now.checked_add(self.limit);
        let mut progress = Progress::default();
        loop {
            // In a box of its own: a call is as large as what it may ever wait for.
            if let Some(limit) = &self.settings.config.rate_limit
                && let Err(held_back) = Box::pin(self.turn(limit, end)).await
            {
                // What the last attempt ended in says more than that there is no other.
                return Err(progress.last.unwrap_or(held_back));
            }
            if progress.attempts > 0 || self.settings.config.rate_limit.is_some() {
                now = Instant::now();
            }
            let outcome = self.attempt(now, end).await;
            let wait = match self.after(outcome, &mut progress, end) {
                ControlFlow::Break(result) => return result,
                ControlFlow::Continue(wait) => wait,
            };
            tokio::time::sleep(wait).await;
        }
    }

    /// What follows from an attempt: the end of the call, or a wait before the next.
    fn after(
        &self,
        outcome: Result<Arc<Exchange>>,
        progress: &mut Progress,
        end: Option<Instant>,
    ) -> ControlFlow<Result<Arc<Exchange>>, Duration> {
        let budget = &self.settings.budget;
        budget.note(&outcome);
        progress.attempts += 1;
        let error = match outcome {
            Ok(mut exchange) => {
                Arc::make_mut(&mut exchange).attempts = progress.attempts;
                return ControlFlow::Break(Ok(exchange));
            }
            Err(error) => error
                .after(progress.attempts)
                .in_doubt(progress.is_in_doubt),
        };
        progress.is_in_doubt = error.may_have_happened();
        if error.is_rate_limited()
            && let Some(limit) = &self.settings.config.rate_limit
        {
            limit.start_cooldown(&self.descriptor(), error.retry_after());
        }
        let left = left(Instant::now(), end).saturating_sub(self.least());
        let method = &self.operation.method;
        let Some(wait) = self.policy.wait(&error, method, left, budget) else {
            return ControlFlow::Break(Err(error));
        };
        #[cfg(feature = "tracing")]
        crate::trace::repeated(&error, wait);
        progress.last = Some(error);
        ControlFlow::Continue(wait)
    }

    /// Waits until the client's own limit lets the call through.
    async fn turn(&self, limit: &RateLimit, end: Option<Instant>) -> Result<()> {
        let latest = end.map(|end| end - self.least());
        let turn = limit.acquire(&self.descriptor(), latest).await;
        turn.map_err(|Throttled| self.held_back())
    }

    /// As [`turn`](Self::turn), where nothing can wait.
    fn go_now(&self) -> Result<()> {
        let Some(limit) = &self.settings.config.rate_limit else {
            return Ok(());
        };
        let turn = limit.try_acquire(&self.descriptor());
        turn.map_err(|Throttled| self.held_back())
    }

    fn held_back(&self) -> Error {
        let operation = self.operation.clone();
        timed_out(operation, TimeoutPhase::RateLimit, Some(self.limit)).after(0)
    }

    fn descriptor(&self) -> CallDescriptor<'_> {
        CallDescriptor {
            method: &self.operation.method,
            template: self.operation.template,
            path: self.request.url.path(),
            authorization: self.request.authorization.as_ref(),
        }
    }

    /// What has to be left of the call's time after a wait: an attempt with less would hardly get an answer.
    fn least(&self) -> Duration {
        (self.limit / 10).min(LEAST_LEFT)
    }

    fn to_http(&self) -> http::Request<Bytes> {
        self.request.to_http(self.operation.method.clone())
    }

    /// Sends the request, byte for byte what it was before.
    async fn attempt(&self, now: Instant, end: Option<Instant>) -> Result<Arc<Exchange>> {
        let left = left(now, end);
        let limit = left.min(self.attempt_limit);
        let answer = self.settings.backend.send(self.to_http());
        let answer = match now.checked_add(limit) {
            Some(latest) => tokio::time::timeout_at(latest, answer).await,
            None => Ok(answer.await),
        };
        match answer {
            Ok(answer) => self.judge(answer),
            Err(_) if limit < left => {
                let phase = TimeoutPhase::Attempt;
                Err(timed_out(self.operation.clone(), phase, Some(limit)))
            }
            Err(_) => {
                let phase = TimeoutPhase::Call;
                Err(timed_out(self.operation.clone(), phase, Some(self.limit)))
            }
        }
    }

    fn judge(&self, answer: Result<http::Response<Bytes>, BackendError>) -> Result<Arc<Exchange>> {
        let operation = self.operation.clone();
        let exchange = match answer {
            Ok(response) => to_exchange(operation, response),
            Err(error) => return Err(no_answer(operation, &self.settings.config, error)),
        };
        match exchange.status.is_success() {
            true => Ok(Arc::new(exchange)),
            false => Err(Error::Api(APIErrorResponse::new(exchange))),
        }
    }
}

/// The time until the end; all of it where that is too far off to be told.
fn left(now: Instant, end: Option<Instant>) -> Duration {
    end.map_or(Duration::MAX, |end| end.saturating_duration_since(now))
}

fn to_exchange(operation: Operation, response: http::Response<Bytes>) -> Exchange {
    let (head, body) = response.into_parts();
    Exchange {
        operation,
        attempts: 1,
        status: head.status,
        headers: head.headers,
        body,
    }
}

fn timed_out(operation: Operation, phase: TimeoutPhase, limit: Option<Duration>) -> Error {
    Error::Timeout(TimeoutError {
        operation,
        attempts: 1,
        phase,
        limit,
        is_in_doubt: false,
    })
}

/// The error for an answer that did not arrive whole. What did arrive is kept: most of all a refusal, which its
/// status says, however it broke off.
fn no_answer(operation: Operation, config: &ClientConfig, error: BackendError) -> Error {
    let BackendError {
        kind,
        partial,
        source,
    } = error;
    let partial = partial.map(|response| to_exchange(operation.clone(), *response));
    match (kind, partial) {
        (_, Some(exchange)) if !exchange.status.is_success() => {
            Error::Api(APIErrorResponse::new(exchange))
        }
        (BackendErrorKind::ConnectTimeout, _) => {
            let limit = config
                .connect_timeout
                .unwrap_or(config::DEFAULT_CONNECT_TIMEOUT);
            let own = config.http_client.is_none();
            timed_out(operation, TimeoutPhase::Connect, own.then_some(limit))
        }
        (BackendErrorKind::Timeout, _) => timed_out(operation, TimeoutPhase::Attempt, None),
        (kind, Some(exchange)) => {
            let error = DecodeError::new(exchange, "$".to_owned(), source);
            Error::Decode(error.truncated(kind == BackendErrorKind::Other))
        }
        (kind, None) => Error::Transport(TransportError {
            operation,
            attempts: 1,
            connect: kind == BackendErrorKind::Connect,
            is_in_doubt: false,
            source,
        }),
    }
}
