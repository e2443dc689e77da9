//! The class of an error, for spans and metrics.

use crate::error::{Error, TimeoutPhase, TransportErrorKind};

/// The `error.type` of an error: a low-cardinality identifier, as OpenTelemetry requires.
pub(super) fn error_type(error: &Error) -> String {
    match error {
        Error::Api(error) => error.status().as_u16().to_string(),
        Error::Transport(error) => match error.last_attempt() {
            TransportErrorKind::NotSent => "not_sent",
            TransportErrorKind::Connect => "connect",
            TransportErrorKind::NotProcessed => "not_processed",
            TransportErrorKind::ReusedConnection | TransportErrorKind::BrokenOff => "broken_off",
        }
        .to_owned(),
        Error::Timeout(error) => match error.phase() {
            TimeoutPhase::Connect => "timeout_connect",
            TimeoutPhase::Attempt => "timeout_attempt",
            TimeoutPhase::Call => "timeout_call",
            TimeoutPhase::RateLimit => "rate_limit",
            TimeoutPhase::InFlight => "max_in_flight",
        }
        .to_owned(),
        Error::Decode(_) => "decode".to_owned(),
        // These errors occur before the span is created.
        Error::MissingKey | Error::InvalidArgument(_) => "not_sent".to_owned(),
    }
}
