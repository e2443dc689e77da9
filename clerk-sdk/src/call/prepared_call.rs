//! A call that has not been sent yet, with the options for this call alone.

use std::sync::Arc;
use std::time::Duration;

use super::attempts::Attempts;
#[cfg(feature = "metrics")]
use super::error_type::error_type;
#[cfg(feature = "tracing")]
use super::trace;
use super::undecoded_response::UndecodedResponse;
use crate::config::{ClientHandle, process_defaults};
use crate::error::Result;
use crate::exchange::Exchange;
use crate::headers::CustomHeaders;
#[cfg(feature = "metrics")]
use crate::metrics::CallTimer;
use crate::request::Request;
use crate::retry::RetryPolicy;

/// A call that has not been sent yet.
#[derive(Clone)]
pub(crate) struct PreparedCall {
    pub(crate) client: ClientHandle,
    pub(crate) request: Request,
    pub(super) timeout: Option<Duration>,
    pub(super) attempt_timeout: Option<Duration>,
    pub(super) retry: Option<RetryPolicy>,
    pub(super) headers: CustomHeaders,
    pub(super) is_low_priority: bool,
}

impl PreparedCall {
    pub(super) fn new(client: ClientHandle, request: Request) -> Self {
        Self {
            client,
            request,
            timeout: None,
            attempt_timeout: None,
            retry: None,
            headers: CustomHeaders::default(),
            is_low_priority: false,
        }
    }

    /// Sends the call, and retries it if necessary.
    pub(crate) async fn send(self: Box<Self>) -> Result<UndecodedResponse> {
        let attempts = self.into_attempts()?;
        #[cfg(feature = "tracing")]
        let (exchange, trace) = trace::traced(&attempts.operation, &attempts.request.url, || {
            run(&attempts)
        })
        .await?;
        #[cfg(not(feature = "tracing"))]
        let exchange = run(&attempts).await?;
        Ok(UndecodedResponse {
            exchange,
            #[cfg(feature = "tracing")]
            trace,
        })
    }

    fn into_attempts(self: Box<Self>) -> Result<Attempts> {
        let call = *self;
        let core = call.client.core();
        let config = &core.config;
        Ok(Attempts {
            operation: call.request.operation.clone(),
            timeout: call.timeout.unwrap_or_else(|| config.effective_timeout()),
            attempt_timeout: call
                .attempt_timeout
                .unwrap_or_else(|| config.effective_attempt_timeout()),
            retry: call.retry.unwrap_or_else(|| config.effective_retry()),
            is_low_priority: call.is_low_priority,
            request: core.wire_request(call.request, &call.headers, process_defaults::key)?,
            core,
        })
    }
}

/// Runs the attempts of a call, and measures them.
#[cfg(feature = "metrics")]
async fn run(attempts: &Attempts) -> Result<Arc<Exchange>> {
    let timer = CallTimer::start(&attempts.operation);
    let result = attempts.run().await;
    timer.end(match &result {
        Ok(exchange) => exchange.status.as_u16().to_string(),
        Err(error) => error_type(error),
    });
    result
}

#[cfg(not(feature = "metrics"))]
fn run(attempts: &Attempts) -> impl Future<Output = Result<Arc<Exchange>>> {
    attempts.run()
}
