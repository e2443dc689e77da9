//! What becomes of an attempt: the response, or the error that says most.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::Attempts;
use crate::backend::{BackendError, BackendErrorKind, root_cause};
use crate::error::{
    APIErrorResponse, BodyProblem, DecodeError, Error, InvalidArgument, Result, TimeoutError,
    TimeoutPhase, TransportError, TransportErrorKind,
};
use crate::exchange::{AttemptHistory, Exchange};

impl Attempts {
    /// Converts a response to the result of an attempt that had this much time, according to its status.
    pub(super) fn classify(
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
    pub(super) fn not_connected_in_time(&self, limit: Duration, history: AttemptHistory) -> Error {
        let connect_timeout = self.core.config.effective_connect_timeout();
        let limit = connect_timeout.map(|own| own.min(connect_share(limit)));
        self.timed_out(TimeoutPhase::Connect, limit, history)
    }

    pub(super) fn timed_out(
        &self,
        phase: TimeoutPhase,
        limit: Option<Duration>,
        history: AttemptHistory,
    ) -> Error {
        TimeoutError::new(self.operation.clone(), history, phase, limit).into()
    }
    pub(super) fn not_sent_in_time(&self, phase: TimeoutPhase) -> Error {
        self.timed_out(phase, Some(self.timeout), AttemptHistory::NOT_SENT)
    }
}

/// The part of an attempt's time in which it has to have a connection, so that a call that never had one says so.
pub(super) fn connect_share(limit: Duration) -> Duration {
    limit / 4 * 3
}
