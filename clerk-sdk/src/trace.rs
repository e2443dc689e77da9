//! A span for each call (feature `tracing`), named and filled as OpenTelemetry names what HTTP clients do.

use std::sync::Arc;
use std::thread;
use std::time::Instant;

use http::Uri;
use tracing::field::Empty;
use tracing::{Instrument, Span};

use crate::attempts::Attempts;
use crate::response::Exchange;
use crate::{Error, Result, TimeoutPhase};

/// The span of a call that has not ended: an answer ends the call only when it has been decoded. There is none
/// where nobody listens: a call must not pay for that.
pub(crate) struct Trace(Option<Box<Open>>);

/// A span that somebody reads. It has the template of the path, never the path, and no body, header or message of the API: any of those
/// may hold what is secret or personal. That is why `url.full` is not there.
struct Open {
    span: Span,
    started: Instant,
    has_ended: bool,
}

/// Makes the attempts within a span of their own.
pub(crate) async fn traced(attempts: &Attempts) -> Result<(Arc<Exchange>, Trace)> {
    let span = span(attempts);
    if span.is_none() {
        let exchange = attempts.run().await?;
        return Ok((exchange, Trace(None)));
    }
    let trace = Trace(Some(Box::new(Open {
        span: span.clone(),
        started: Instant::now(),
        has_ended: false,
    })));
    match Box::pin(attempts.run().instrument(span)).await {
        Ok(exchange) => Ok((exchange, trace)),
        Err(error) => {
            trace.end(Err(&error));
            Err(error)
        }
    }
}

impl Trace {
    /// Says what became of the call.
    pub(crate) fn end(self, result: Result<&Exchange, &Error>) {
        if let Some(mut open) = self.0 {
            open.end(result);
        }
    }
}

impl Open {
    fn end(&mut self, result: Result<&Exchange, &Error>) {
        self.has_ended = true;
        let (status, trace_id, attempts) = match result {
            Ok(exchange) => (
                Some(exchange.status),
                exchange.header_trace_id(),
                exchange.attempts,
            ),
            Err(error) => (error.status(), error.trace_id(), error.attempts()),
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
            self.fail(&kind(error));
        }
    }

    fn fail(&self, kind: &str) {
        self.span.record("otel.status_code", "ERROR");
        self.span.record("error.type", kind);
    }
}

/// A call can be dropped at any time: by its caller, or with all else where something panics.
impl Drop for Open {
    fn drop(&mut self) {
        if !self.has_ended {
            self.fail(match thread::panicking() {
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

fn span(attempts: &Attempts) -> Span {
    let uri = &attempts.request.url;
    let span = tracing::info_span!(
        target: "clerk_sdk",
        "call",
        otel.name = attempts.operation.to_string(),
        otel.kind = "client",
        otel.status_code = Empty,
        http.request.method = attempts.operation.method.as_str(),
        url.template = attempts.operation.template,
        url.scheme = uri.scheme_str(),
        server.address = uri.host(),
        server.port = Empty,
        http.response.status_code = Empty,
        http.request.resend_count = Empty,
        http.client.request.duration = Empty,
        error.type = Empty,
        clerk.trace_id = Empty,
    );
    if !span.is_none()
        && let Some(port) = port(uri)
    {
        span.record("server.port", i64::from(port));
    }
    span
}

fn port(uri: &Uri) -> Option<u16> {
    uri.port_u16().or(match uri.scheme_str()? {
        "https" => Some(443),
        "http" => Some(80),
        _ => None,
    })
}

/// Notes, within the span of a call, that it is made again.
pub(crate) fn repeated(error: &Error, wait: std::time::Duration) {
    let (reason, wait) = (kind(error), wait.as_secs_f64());
    tracing::info!(target: "clerk_sdk", reason, wait, "the call is made again");
}

/// What went wrong, as one of few words.
fn kind(error: &Error) -> String {
    match error {
        Error::Api(error) => error.status().as_u16().to_string(),
        Error::Transport(error) if error.connect => "connect".to_owned(),
        Error::Transport(_) => "broken_off".to_owned(),
        Error::Timeout(error) => match error.phase() {
            TimeoutPhase::Connect => "timeout_connect",
            TimeoutPhase::Attempt => "timeout_attempt",
            TimeoutPhase::Call => "timeout_call",
            TimeoutPhase::RateLimit => "rate_limit",
        }
        .to_owned(),
        Error::Decode(_) => "decode".to_owned(),
        // Found before there is a span.
        Error::MissingKey | Error::InvalidArgument(_) => "not_sent".to_owned(),
    }
}
