//! The span of a call (feature `tracing`), with the names of OpenTelemetry's conventions for HTTP clients.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use http::Uri;
use tracing::field::Empty;
use tracing::{Instrument, Span};

use super::error_type::error_type;
use crate::error::{Error, Result};
use crate::exchange::{Exchange, Operation};

/// The span of a call that has not ended: a successful response ends the call only when it has been decoded. It
/// is `None` if no subscriber is interested, so that such calls do not pay for it.
pub(super) struct CallSpan(Option<Box<OpenSpan>>);

/// A span that a subscriber records. It has the template of the path, never the path, and no body, header or message
/// of the API: any of those may contain secrets or personal data. For the same reason there is no `url.full`.
struct OpenSpan {
    span: Span,
    started: Instant,
    has_ended: bool,
}

/// Runs the future of `send` within a span of its own.
///
/// The span owns the future, so a call that is cancelled drops its request within the span.
pub(super) async fn traced<F>(
    operation: &Operation,
    url: &Uri,
    send: impl FnOnce() -> F,
) -> Result<(Arc<Exchange>, CallSpan)>
where
    F: Future<Output = Result<Arc<Exchange>>>,
{
    let span = create_span(operation, url);
    if span.is_none() {
        return Ok((send().await?, CallSpan(None)));
    }
    let call_span = CallSpan(Some(Box::new(OpenSpan {
        span: span.clone(),
        started: Instant::now(),
        has_ended: false,
    })));
    // Boxed, so that a call without a subscriber is not larger.
    match Box::pin(send().instrument(span)).await {
        Ok(exchange) => Ok((exchange, call_span)),
        Err(error) => {
            call_span.end(Err(&error));
            Err(error)
        }
    }
}

impl CallSpan {
    /// Records the result of the call.
    pub(super) fn end(self, result: Result<&Exchange, &Error>) {
        if let Some(mut open) = self.0 {
            open.end(result);
        }
    }
}

impl OpenSpan {
    fn end(&mut self, result: Result<&Exchange, &Error>) {
        self.has_ended = true;
        let (status, trace_id, attempts) = match result {
            Ok(exchange) => (
                Some(exchange.status),
                exchange.header_trace_id(),
                exchange.history.attempts,
            ),
            Err(error) => (error.status(), error.trace_id(), error.attempt_count()),
        };
        if let Some(status) = status {
            self.span
                .record("http.response.status_code", i64::from(status.as_u16()));
        }
        if let Some(trace_id) = trace_id {
            self.span.record("clerk.trace_id", trace_id);
        }
        if attempts > 1 {
            self.span
                .record("http.request.resend_count", i64::from(attempts - 1));
        }
        if let Err(error) = result {
            self.record_failure(&error_type(error));
            if error.is_retry_budget_exhausted() {
                self.span.record("clerk.retry_budget_exhausted", true);
            }
        }
    }

    fn record_failure(&self, error_type: &str) {
        self.span.record("otel.status_code", "ERROR");
        self.span.record("error.type", error_type);
    }
}

/// A call can be dropped at any time: by its caller, or while a panic unwinds.
impl Drop for OpenSpan {
    fn drop(&mut self) {
        if !self.has_ended {
            self.record_failure(match thread::panicking() {
                true => "panic",
                false => "cancelled",
            });
        }
        self.span.record(
            "http.client.request.duration",
            self.started.elapsed().as_secs_f64(),
        );
    }
}

fn create_span(operation: &Operation, url: &Uri) -> Span {
    let span = tracing::info_span!(
        target: "clerk_sdk",
        "call",
        otel.name = operation.to_string(),
        otel.kind = "client",
        otel.status_code = Empty,
        http.request.method = operation.method.as_str(),
        url.template = &*operation.template,
        url.scheme = url.scheme_str(),
        server.address = url.host(),
        server.port = Empty,
        http.response.status_code = Empty,
        http.request.resend_count = Empty,
        http.client.request.duration = Empty,
        error.type = Empty,
        clerk.trace_id = Empty,
        clerk.retry_budget_exhausted = Empty,
        clerk.rate_limit_fallback = Empty,
    );
    if !span.is_none()
        && let Some(port) = port(url)
    {
        span.record("server.port", i64::from(port));
    }
    span
}

fn port(url: &Uri) -> Option<u16> {
    url.port_u16().or(match url.scheme_str()? {
        "https" => Some(443),
        "http" => Some(80),
        _ => None,
    })
}

/// Emits an event for a retry within the span of the call.
pub(super) fn retry_event(error: &Error, wait: Duration) {
    let (reason, wait) = (error_type(error), wait.as_secs_f64());
    tracing::info!(target: "clerk_sdk", reason, wait, "the call is retried");
}
