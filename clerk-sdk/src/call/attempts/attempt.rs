//! One attempt of a call: sends the request and reads the response, within the time limits.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::error::Elapsed;
use tokio::time::{Instant, timeout_at};

use super::Attempts;
use super::admission::remaining;
use super::outcome::connect_share;
use crate::backend::{AttemptScope, BackendError, Body, ResponseReader};
#[cfg(feature = "tower")]
use crate::backend::{LostFlags, SentFlag};
use crate::error::{Result, TimeoutPhase};
use crate::exchange::{AttemptHistory, Exchange};

/// How long the body of an error response is waited for: the status is what matters.
const MAX_ERROR_BODY_TIME: Duration = Duration::from_secs(5);

impl Attempts {
    pub(super) fn to_http(&self) -> http::Request<Bytes> {
        self.request.to_http(self.operation.method.clone())
    }

    /// Sends the request; every attempt sends the same bytes.
    pub(super) async fn attempt(
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
    pub(super) async fn receive_without_limit(
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
}
