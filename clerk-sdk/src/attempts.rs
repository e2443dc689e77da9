//! The attempts of one call: sending, waiting, sending again, within the limits.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use crate::backend::BackendErrorKind;
use crate::config;
use crate::error::{APIErrorResponse, DecodeError, TimeoutError, TimeoutPhase, TransportError};
use crate::outgoing::Outgoing;
use crate::rate_limit::{Asking, TooLate};
use crate::request::Operation;
use crate::response::Exchange;
use crate::settings::Settings;
use crate::{BackendError, ClientConfig, Error, Result, RetryPolicy};

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

const LEAST_LEFT: Duration = Duration::from_secs(1);

impl Attempts {
    pub(crate) async fn run(self) -> Result<Exchange> {
        // Outside tokio nothing here can wait, so the first attempt is the last.
        if tokio::runtime::Handle::try_current().is_err() {
            self.go_now()?;
            let answer = self.settings.backend.send(self.request.to_http()).await;
            return self.judge(answer);
        }
        let end = Instant::now().checked_add(self.limit);
        let budget = &self.settings.budget;
        let mut attempts = 0;
        let mut is_in_doubt = false;
        let mut last = None;
        loop {
            if let Err(held_back) = self.turn(end).await {
                // What the last attempt ended in says more than that there is no other.
                return Err(last.unwrap_or(held_back));
            }
            attempts += 1;
            let outcome = self.attempt(end).await;
            budget.note(&outcome);
            let error = match outcome {
                Ok(mut exchange) => {
                    exchange.attempts = attempts;
                    return Ok(exchange);
                }
                Err(error) => error.after(attempts).in_doubt(is_in_doubt),
            };
            is_in_doubt = error.may_have_happened();
            if error.is_rate_limited()
                && let Some(limit) = &self.settings.config.rate_limit
            {
                limit.hold(&self.asking(), error.retry_after());
            }
            let left = left(end).saturating_sub(self.least());
            let method = &self.request.method;
            let Some(wait) = self.policy.wait(&error, method, left, budget) else {
                return Err(error);
            };
            #[cfg(feature = "tracing")]
            crate::trace::repeated(&error, wait);
            tokio::time::sleep(wait).await;
            last = Some(error);
        }
    }

    /// Waits until the client's own limit lets the call through.
    async fn turn(&self, end: Option<Instant>) -> Result<()> {
        let Some(limit) = &self.settings.config.rate_limit else {
            return Ok(());
        };
        let latest = end.map(|end| end - self.least());
        let turn = limit.wait(&self.asking(), latest).await;
        turn.map_err(|TooLate| self.held_back())
    }

    /// As [`turn`](Self::turn), where nothing can wait.
    fn go_now(&self) -> Result<()> {
        let Some(limit) = &self.settings.config.rate_limit else {
            return Ok(());
        };
        let turn = limit.go_now(&self.asking());
        turn.map_err(|TooLate| self.held_back())
    }

    fn held_back(&self) -> Error {
        let operation = self.operation.clone();
        timed_out(operation, TimeoutPhase::RateLimit, Some(self.limit)).after(0)
    }

    fn asking(&self) -> Asking<'_> {
        Asking {
            method: &self.operation.method,
            template: self.operation.template,
            path: self.request.url.path(),
            key: self.request.authorization.as_ref(),
        }
    }

    /// What has to be left of the call's time after a wait: an attempt with less would hardly get an answer.
    fn least(&self) -> Duration {
        (self.limit / 10).min(LEAST_LEFT)
    }

    /// Sends the request, byte for byte what it was before.
    async fn attempt(&self, end: Option<Instant>) -> Result<Exchange> {
        let left = left(end);
        let limit = left.min(self.attempt_limit);
        let answer = self.settings.backend.send(self.request.to_http());
        match tokio::time::timeout(limit, answer).await {
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

    fn judge(&self, answer: Result<http::Response<Bytes>, BackendError>) -> Result<Exchange> {
        let operation = self.operation.clone();
        let exchange = match answer {
            Ok(response) => to_exchange(operation, response),
            Err(error) => return Err(no_answer(operation, &self.settings.config, error)),
        };
        match exchange.status.is_success() {
            true => Ok(exchange),
            false => Err(Error::Api(APIErrorResponse::new(exchange))),
        }
    }
}

/// The time until the end; all of it where that is too far off to be told.
fn left(end: Option<Instant>) -> Duration {
    end.map_or(Duration::MAX, |end| {
        end.saturating_duration_since(Instant::now())
    })
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
