//! The attempts of one call: sending, waiting, sending again, within the limits.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::AUTHORIZATION;
use tokio::time::Instant;

use crate::backend::BackendErrorKind;
use crate::config;
use crate::error::{APIErrorResponse, DecodeError, TimeoutError, TimeoutPhase, TransportError};
use crate::rate_limit::Asking;
use crate::request::Operation;
use crate::response::Exchange;
use crate::settings::Settings;
use crate::{BackendError, ClientConfig, Error, Result, RetryPolicy};

/// One call, ready to be sent as often as need be.
pub(crate) struct Attempts {
    pub(crate) operation: Operation,
    pub(crate) request: http::Request<Bytes>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) policy: RetryPolicy,
    /// For the whole call.
    pub(crate) limit: Duration,
    pub(crate) attempt_limit: Duration,
}

impl Attempts {
    pub(crate) async fn run(self) -> Result<Exchange> {
        // Outside tokio nothing here can wait, so the first attempt is the last.
        if tokio::runtime::Handle::try_current().is_err() {
            self.take_turn(Duration::ZERO)?;
            let answer = self.settings.backend.send(self.request.clone()).await;
            return self.judge(answer);
        }
        let end = Instant::now().checked_add(self.limit);
        let mut attempts = 1;
        loop {
            let turn = self.take_turn(left(end));
            match turn.map_err(|error| error.after(attempts - 1))? {
                Duration::ZERO => {}
                wait => tokio::time::sleep(wait).await,
            }
            let error = match self.attempt(end).await {
                Ok(mut exchange) => {
                    self.settings.budget.refill();
                    exchange.attempts = attempts;
                    return Ok(exchange);
                }
                Err(error) => error,
            };
            if error.is_rate_limited()
                && let Some(limit) = &self.settings.config.rate_limit
            {
                limit.hold(&self.asking(), error.retry_after());
            }
            let budget = &self.settings.budget;
            let wait = self
                .policy
                .wait(&error, self.request.method(), attempts, budget);
            match wait {
                Some(wait) if wait < left(end) => {
                    #[cfg(feature = "tracing")]
                    crate::trace::repeated(&error, wait);
                    tokio::time::sleep(wait).await;
                }
                _ => return Err(error.after(attempts)),
            }
            attempts += 1;
        }
    }

    /// How long to wait until the client's own limit lets the call through.
    fn take_turn(&self, patience: Duration) -> Result<Duration> {
        let Some(limit) = &self.settings.config.rate_limit else {
            return Ok(Duration::ZERO);
        };
        let turn = limit.take(&self.asking(), patience);
        turn.map_err(|()| {
            let operation = self.operation.clone();
            timed_out(operation, TimeoutPhase::RateLimit, Some(self.limit)).after(0)
        })
    }

    fn asking(&self) -> Asking<'_> {
        let key = self.request.headers().get(AUTHORIZATION);
        Asking {
            method: &self.operation.method,
            template: self.operation.template,
            path: self.request.uri().path(),
            is_live: key.is_some_and(|key| key.as_bytes().starts_with(b"Bearer sk_live_")),
        }
    }

    /// Sends the request, byte for byte what it was before.
    async fn attempt(&self, end: Option<Instant>) -> Result<Exchange> {
        let left = left(end);
        let limit = left.min(self.attempt_limit);
        let answer = self.settings.backend.send(self.request.clone());
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
    })
}

/// The error for an answer that did not arrive whole. What did arrive is kept.
fn no_answer(operation: Operation, config: &ClientConfig, error: BackendError) -> Error {
    let BackendError {
        kind,
        partial,
        source,
    } = error;
    match (kind, partial) {
        (BackendErrorKind::ConnectTimeout, _) => {
            let limit = config
                .connect_timeout
                .unwrap_or(config::DEFAULT_CONNECT_TIMEOUT);
            let own = config.http_client.is_none();
            timed_out(operation, TimeoutPhase::Connect, own.then_some(limit))
        }
        (BackendErrorKind::Timeout, _) => timed_out(operation, TimeoutPhase::Call, None),
        (kind, Some(response)) => {
            let exchange = to_exchange(operation, *response);
            if exchange.status.is_success() {
                let error = DecodeError::new(exchange, "$".to_owned(), source);
                Error::Decode(error.truncated(kind == BackendErrorKind::Other))
            } else {
                Error::Api(APIErrorResponse::new(exchange))
            }
        }
        (kind, None) => Error::Transport(TransportError {
            operation,
            attempts: 1,
            connect: kind == BackendErrorKind::Connect,
            source,
        }),
    }
}
