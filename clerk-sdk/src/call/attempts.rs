//! The retry loop of a call: sends attempts and waits between them, within the time limits.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::error::Elapsed;
use tokio::time::{Instant, timeout_at};

#[cfg(feature = "metrics")]
use super::error_type::error_type;
#[cfg(feature = "tracing")]
use super::trace;
use crate::backend::{
    AttemptScope, BackendError, BackendErrorKind, Body, ResponseReader, root_cause,
};
#[cfg(feature = "tower")]
use crate::backend::{LostFlags, SentFlag};
use crate::config::{ClientCore, Slot};
use crate::error::{
    APIErrorResponse, BodyProblem, DecodeError, Error, InvalidArgument, Result, TimeoutError,
    TimeoutPhase, TransportError, TransportErrorKind,
};
use crate::exchange::{AttemptHistory, Exchange, Operation};
#[cfg(feature = "metrics")]
use crate::metrics;
use crate::rate_limit::{RateLimitPermit, RateLimitedCall, RateLimiter};
use crate::request::WireRequest;
use crate::retry::{RetryDecision, RetryPolicy};

/// A call that is ready to be sent as often as needed.
pub(super) struct Attempts {
    pub(super) operation: Operation,
    pub(super) request: WireRequest,
    pub(super) core: Arc<ClientCore>,
    pub(super) retry: RetryPolicy,
    /// The limit on the whole call.
    pub(super) timeout: Duration,
    pub(super) attempt_timeout: Duration,
    pub(super) is_low_priority: bool,
}

/// What to do after an attempt.
enum NextStep {
    /// The call ends with this result.
    Finish(Result<Arc<Exchange>>),
    /// The call is retried after `wait`; `error` is the outcome if that turns out to be impossible.
    Retry { error: Error, wait: Duration },
}

/// A wait must leave this much of the call's timeout, or a tenth of it if that is less: an attempt with less time
/// would rarely get a response.
const MIN_REMAINING: Duration = Duration::from_secs(1);

/// How long a call that does not wait for a permit waits for the decision whether there is one.
const MAX_DECISION_TIME: Duration = Duration::from_millis(100);

/// How long the body of an error response is waited for: the status is what matters.
const MAX_ERROR_BODY_TIME: Duration = Duration::from_secs(5);

impl Attempts {
    pub(super) async fn run(&self) -> Result<Arc<Exchange>> {
        // Nothing here can wait outside tokio, so the first attempt is the only one.
        if tokio::runtime::Handle::try_current().is_err() {
            let _permit = match self.core.config.effective_rate_limit() {
                Some(limiter) => Box::pin(self.await_permit(limiter, Duration::ZERO)).await?,
                None => RateLimitPermit::default(),
            };
            let Some(_slot) = self
                .core
                .transport
                .in_flight
                .try_acquire(self.is_low_priority)
            else {
                return Err(self.not_sent_in_time(TimeoutPhase::InFlight));
            };
            let response = self.core.transport.backend.send(self.to_http()).await;
            let response = self.receive_without_limit(response).await;
            return self.classify(response, AttemptHistory::FIRST, Duration::MAX);
        }
        let mut now = Instant::now();
        let deadline = now.checked_add(self.timeout);
        let mut history = AttemptHistory::FIRST;
        let mut last_error = None;
        loop {
            // Boxed because the values that it keeps across an `await` would make every call's future larger.
            let mut permit = RateLimitPermit::default();
            if let Some(limiter) = self.core.config.effective_rate_limit() {
                let max_wait = self.longest_wait(now, deadline);
                permit = match Box::pin(self.await_permit(limiter, max_wait)).await {
                    Ok(permit) => permit,
                    // The outcome of the last attempt is more informative.
                    Err(throttled) => return Err(last_error.unwrap_or(throttled)),
                };
                now = Instant::now();
            }
            let slot = match self
                .core
                .transport
                .in_flight
                .try_acquire(self.is_low_priority)
            {
                Some(slot) => slot,
                None => match Box::pin(self.await_slot(deadline)).await {
                    Ok(slot) => {
                        now = Instant::now();
                        slot
                    }
                    Err(error) => return Err(last_error.unwrap_or(error)),
                },
            };
            let outcome = self.attempt(now, deadline, history).await;
            drop((slot, permit));
            let (error, wait) = match self.next_step(outcome, history.attempts == 1, deadline) {
                NextStep::Finish(result) => return result,
                NextStep::Retry { error, wait } => (error, wait),
            };
            history = AttemptHistory {
                attempts: history.attempts + 1,
                earlier_may_have_happened: error.may_have_happened(),
                ..AttemptHistory::FIRST
            };
            last_error = Some(error);
            tokio::time::sleep(wait).await;
            now = Instant::now();
        }
    }

    /// Decides whether a call ends with the outcome of an attempt or is retried.
    fn next_step(
        &self,
        outcome: Result<Arc<Exchange>>,
        is_first: bool,
        deadline: Option<Instant>,
    ) -> NextStep {
        self.core.retry_budget.record(&outcome, is_first);
        let error = match outcome {
            Ok(exchange) => return NextStep::Finish(Ok(exchange)),
            Err(error) => error,
        };
        if error.is_rate_limited()
            && let Some(limiter) = self.core.config.effective_rate_limit()
        {
            limiter.on_rejected(self.rate_limited_call(), error.retry_after());
        }
        let now = Instant::now();
        let remaining = self.longest_wait(now, deadline);
        let method = &self.operation.method;
        let budget = &self.core.retry_budget;
        match self.retry.decide(&error, method, now, remaining, budget) {
            RetryDecision::Finish => NextStep::Finish(Err(error)),
            RetryDecision::BudgetExhausted => {
                #[cfg(feature = "metrics")]
                metrics::budget_exhausted(&self.operation);
                NextStep::Finish(Err(error.with_exhausted_budget()))
            }
            RetryDecision::Retry(wait) => {
                #[cfg(feature = "metrics")]
                metrics::retry(&self.operation, error_type(&error));
                #[cfg(feature = "tracing")]
                trace::retry_event(&error, wait);
                NextStep::Retry { error, wait }
            }
        }
    }

    /// Waits until the client's rate limit admits the call. The permit is held until the end of the attempt.
    async fn await_permit(
        &self,
        limiter: &dyn RateLimiter,
        max_wait: Duration,
    ) -> Result<RateLimitPermit> {
        #[cfg(feature = "metrics")]
        let started = std::time::Instant::now();
        let permit = limiter.acquire(self.rate_limited_call(), max_wait);
        let permit = match tokio::runtime::Handle::try_current() {
            // A limiter may disregard the limit. One that asks a server cannot decide at once.
            Ok(_) => {
                let longest = match self.is_low_priority {
                    true => self.timeout.min(MAX_DECISION_TIME),
                    false => max_wait,
                };
                tokio::time::timeout(longest, permit).await.ok()
            }
            Err(_) => Some(permit.await),
        };
        #[cfg(feature = "metrics")]
        metrics::permit(
            &self.operation,
            started.elapsed(),
            matches!(permit, Some(Ok(_))),
        );
        match permit {
            Some(Ok(permit)) => Ok(permit),
            _ => Err(self.not_sent_in_time(TimeoutPhase::RateLimit)),
        }
    }

    /// Waits until another request may be in flight.
    async fn await_slot(&self, deadline: Option<Instant>) -> Result<Slot<'_>> {
        let slot = match self.is_low_priority {
            true => None,
            false => {
                let max_wait = self.longest_wait(Instant::now(), deadline);
                self.core.transport.in_flight.acquire(max_wait).await
            }
        };
        slot.ok_or_else(|| self.not_sent_in_time(TimeoutPhase::InFlight))
    }

    fn not_sent_in_time(&self, phase: TimeoutPhase) -> Error {
        self.timed_out(phase, Some(self.timeout), AttemptHistory::NOT_SENT)
    }

    fn rate_limited_call(&self) -> RateLimitedCall<'_> {
        RateLimitedCall {
            method: &self.operation.method,
            template: &self.operation.template,
            path: self.request.url.path(),
            authorization: self.request.authorization.as_ref(),
            is_low_priority: self.is_low_priority,
        }
    }

    /// The longest wait that leaves time for another attempt. A call of low priority does not wait.
    fn longest_wait(&self, now: Instant, deadline: Option<Instant>) -> Duration {
        match self.is_low_priority {
            true => Duration::ZERO,
            false => remaining(now, deadline).saturating_sub(self.min_remaining()),
        }
    }

    /// The part of the call's timeout that a wait must leave.
    fn min_remaining(&self) -> Duration {
        (self.timeout / 10).min(MIN_REMAINING)
    }

    fn to_http(&self) -> http::Request<Bytes> {
        self.request.to_http(self.operation.method.clone())
    }

    /// Sends the request; every attempt sends the same bytes.
    async fn attempt(
        &self,
        now: Instant,
        deadline: Option<Instant>,
        history: AttemptHistory,
    ) -> Result<Arc<Exchange>> {
        let remaining = remaining(now, deadline);
        let limit = remaining.min(self.attempt_timeout);
        let mut request = self.to_http();
        let held_back = self.watch_layers(&mut request);
        let sending = self.core.transport.backend.send(request);
        let response = match now.checked_add(limit) {
            Some(latest) => {
                let scope = AttemptScope::new(connect_share(limit));
                let mut sending = pin!(scope.run(sending));
                let response = self.receive(sending.as_mut(), latest).await;
                let scope = sending.as_mut().take_value();
                let is_unsent = scope.is_some_and(|scope| scope.is_unsent());
                match response {
                    Err(_) if is_unsent => {
                        return Err(self.not_connected_in_time(limit, history));
                    }
                    // A layer has given up while the backend was connecting.
                    Ok(Err(error)) if is_unsent => Ok(Err(error.held_back())),
                    response => response,
                }
            }
            None => Ok(self.receive_without_limit(sending.await).await),
        };
        let history = AttemptHistory {
            is_held_back: held_back(),
            ..history
        };
        match response {
            Ok(Err(error)) if history.is_held_back => {
                self.classify(Err(error.held_back()), history, limit)
            }
            Ok(response) => self.classify(response, history, limit),
            Err(_) if limit < remaining => {
                Err(self.timed_out(TimeoutPhase::Attempt, Some(limit), history))
            }
            Err(_) => Err(self.timed_out(TimeoutPhase::Call, Some(self.timeout), history)),
        }
    }

    /// Returns a function that tells whether a layer has kept the request from being sent.
    #[cfg(feature = "tower")]
    fn watch_layers(&self, request: &mut http::Request<Bytes>) -> impl Fn() -> bool + use<> {
        let lost_flags = self.core.transport.lost_flags.as_ref();
        let flag = lost_flags.map(LostFlags::new_flag);
        if let Some(flag) = &flag {
            request.extensions_mut().insert(flag.clone());
        }
        move || flag.as_ref().is_some_and(SentFlag::is_held_back)
    }

    /// Without layers, every request is sent.
    #[cfg(not(feature = "tower"))]
    fn watch_layers(&self, _: &mut http::Request<Bytes>) -> impl Fn() -> bool + use<> {
        || false
    }

    /// Waits for the response and reads its body, until `latest`.
    ///
    /// # Errors
    ///
    /// Returns [`Elapsed`] if there is no response by then. An error response whose body stalls is one all the same,
    /// because its status says more than the time limit.
    async fn receive(
        &self,
        sending: impl Future<Output = Result<http::Response<Body>, BackendError>>,
        latest: Instant,
    ) -> Result<Result<http::Response<Bytes>, BackendError>, Elapsed> {
        let mut reader = match timeout_at(latest, sending).await? {
            Ok(response) => self.reader(response),
            Err(error) => return Ok(Err(error)),
        };
        let is_success = reader.status().is_success();
        let latest = match is_success {
            true => latest,
            false => latest.min(Instant::now() + MAX_ERROR_BODY_TIME),
        };
        Ok(match timeout_at(latest, reader.read()).await {
            Ok(Ok(())) => Ok(reader.finish()),
            Ok(Err(error)) => Err(error.with_partial(reader.finish())),
            Err(elapsed) if is_success => return Err(elapsed),
            Err(_) => Err(BackendError::timeout("the body stalled").with_partial(reader.finish())),
        })
    }

    /// Reads the body of a response, however long it takes.
    async fn receive_without_limit(
        &self,
        response: Result<http::Response<Body>, BackendError>,
    ) -> Result<http::Response<Bytes>, BackendError> {
        let mut reader = self.reader(response?);
        match reader.read().await {
            Ok(()) => Ok(reader.finish()),
            Err(error) => Err(error.with_partial(reader.finish())),
        }
    }

    fn reader(&self, response: http::Response<Body>) -> ResponseReader {
        ResponseReader::new(response, self.core.config.effective_max_response_bytes())
    }

    /// Converts a response to the result of an attempt that had this much time, according to its status.
    fn classify(
        &self,
        response: Result<http::Response<Bytes>, BackendError>,
        history: AttemptHistory,
        limit: Duration,
    ) -> Result<Arc<Exchange>> {
        let exchange = match response {
            Ok(response) => Exchange::new(self.operation.clone(), history, response),
            Err(error) => return Err(self.incomplete(error, history, limit)),
        };
        match exchange.status.is_success() {
            true => Ok(Arc::new(exchange)),
            false => Err(Error::Api(APIErrorResponse::new(exchange))),
        }
    }

    /// The error for a response that was not received completely. It keeps what was received:
    /// above all an error status, which is reported even if the rest of the response is missing.
    fn incomplete(&self, error: BackendError, history: AttemptHistory, limit: Duration) -> Error {
        let BackendError {
            kind,
            partial,
            source,
            cause,
        } = error;
        let partial =
            partial.map(|response| Exchange::new(self.operation.clone(), history, *response));
        match (kind, partial) {
            (BackendErrorKind::InvalidRequest, _) => {
                InvalidArgument::new("request", root_cause(&*source)).into()
            }
            (BackendErrorKind::Setup(setting), _) => {
                InvalidArgument::new(setting, source.to_string()).into()
            }
            (_, Some(exchange)) if !exchange.status.is_success() => {
                Error::Api(APIErrorResponse::new(exchange))
            }
            (BackendErrorKind::ConnectTimeout, _) => self.not_connected_in_time(limit, history),
            (BackendErrorKind::Timeout, _) => self.timed_out(TimeoutPhase::Attempt, None, history),
            (kind, Some(exchange)) => {
                let problem = match kind {
                    BackendErrorKind::BodyTooLarge => BodyProblem::TooLarge,
                    _ => BodyProblem::Truncated,
                };
                let error = DecodeError::new(exchange, "$".to_owned(), source);
                Error::Decode(error.incomplete(problem))
            }
            (kind, None) => {
                let kind = match kind {
                    BackendErrorKind::NotSent => TransportErrorKind::NotSent,
                    BackendErrorKind::Connect => TransportErrorKind::Connect,
                    BackendErrorKind::NotProcessed => TransportErrorKind::NotProcessed,
                    BackendErrorKind::ReusedConnection => TransportErrorKind::ReusedConnection,
                    _ => TransportErrorKind::BrokenOff,
                };
                let error = TransportError::new(self.operation.clone(), history, kind, source);
                error.with_cause(cause).into()
            }
        }
    }

    /// The error for an attempt that had this much time and got no connection.
    fn not_connected_in_time(&self, limit: Duration, history: AttemptHistory) -> Error {
        let connect_timeout = self.core.config.effective_connect_timeout();
        let limit = connect_timeout.map(|own| own.min(connect_share(limit)));
        self.timed_out(TimeoutPhase::Connect, limit, history)
    }

    fn timed_out(
        &self,
        phase: TimeoutPhase,
        limit: Option<Duration>,
        history: AttemptHistory,
    ) -> Error {
        TimeoutError::new(self.operation.clone(), history, phase, limit).into()
    }
}

/// The part of an attempt's time in which it has to have a connection, so that a call that never had one says so.
fn connect_share(limit: Duration) -> Duration {
    limit / 4 * 3
}

/// The time until the deadline, or `Duration::MAX` if the deadline is too far off to be represented.
fn remaining(now: Instant, deadline: Option<Instant>) -> Duration {
    deadline.map_or(Duration::MAX, |deadline| {
        deadline.saturating_duration_since(now)
    })
}
