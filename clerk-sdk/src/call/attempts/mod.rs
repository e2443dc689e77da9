//! The retry loop of a call: sends attempts and waits between them, within the time limits.

mod admission;
mod attempt;
mod outcome;

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

#[cfg(feature = "metrics")]
use super::error_type::error_type;
#[cfg(feature = "tracing")]
use super::trace;
use crate::config::ClientCore;
use crate::error::{Error, Result, TimeoutPhase};
use crate::exchange::{AttemptHistory, Exchange, Operation};
#[cfg(feature = "metrics")]
use crate::metrics;
use crate::rate_limit::RateLimitPermit;
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
}
