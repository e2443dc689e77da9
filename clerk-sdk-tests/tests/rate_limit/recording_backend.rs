//! A mock backend that records when requests arrive, and responds to some of them with 429.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use clerk_sdk::{
    Backend, BackendFuture, Body, Clerk, ClientConfig, Error, RateLimit, RetryPolicy, TimeoutPhase,
};
use tokio::time::{Instant, sleep};

pub(crate) const SECOND: Duration = Duration::from_secs(1);
pub(crate) const HOUR: Duration = Duration::from_secs(3600);

/// The `Retry-After` header of a 429 response, if it has one.
type RetryAfter = Option<&'static str>;

#[derive(Clone, Default)]
pub(crate) struct RecordingBackend {
    /// The arrival time of each request, and its method and path: `GET /v1/users/user_1`.
    requests: Arc<Mutex<Vec<(Instant, String)>>>,
    rejections: Arc<Mutex<Vec<RetryAfter>>>,
    /// Only requests whose method and path start with this are rejected.
    pub(crate) reject_only: &'static str,
    /// The delay before each response.
    pub(crate) delay: Duration,
}

impl RecordingBackend {
    pub(crate) fn config(&self, limit: RateLimit) -> ClientConfig {
        let config = ClientConfig::new("sk_test_recording").backend(self.clone());
        config.rate_limit(limit).timeout(HOUR)
    }

    pub(crate) fn clerk(&self, limit: RateLimit) -> Clerk {
        Clerk::new(self.config(limit))
    }

    /// Creates a client whose calls are not retried.
    pub(crate) fn clerk_without_retries(&self, limit: RateLimit) -> Clerk {
        Clerk::new(self.config(limit).retry(RetryPolicy::none()))
    }

    /// Responds to the next request with 429 and this `Retry-After`.
    pub(crate) fn reject_next(&self, retry_after: RetryAfter) {
        let mut rejections = self.rejections.lock().expect("no test panicked here");
        rejections.push(retry_after);
    }

    /// Returns the arrival times of the requests whose method and path start with `prefix`.
    pub(crate) fn times(&self, prefix: &str) -> Vec<Instant> {
        let requests = self.requests.lock().expect("no test panicked here");
        let requests = requests.iter().filter(|(_, line)| line.starts_with(prefix));
        requests.map(|(time, _)| *time).collect()
    }

    /// Returns the method and path of all requests.
    pub(crate) fn lines(&self) -> Vec<String> {
        let requests = self.requests.lock().expect("no test panicked here");
        requests.iter().map(|(_, line)| line.clone()).collect()
    }

    /// Returns the arrival times of all requests, in seconds after `start`.
    pub(crate) fn seconds(&self, start: Instant) -> Vec<u64> {
        let times = self.times("").into_iter();
        times.map(|it| (it - start).as_secs()).collect()
    }

    pub(crate) fn count(&self) -> usize {
        self.times("").len()
    }

    /// Removes and returns the next rejection, if this request is to be rejected.
    fn rejection(&self, line: &str) -> Option<RetryAfter> {
        let mut rejections = self.rejections.lock().expect("no test panicked here");
        let is_rejected = line.starts_with(self.reject_only);
        is_rejected.then(|| rejections.pop()).flatten()
    }
}

impl Backend for RecordingBackend {
    fn send(&self, request: http::Request<Bytes>) -> BackendFuture<'_> {
        let line = format!("{} {}", request.method(), request.uri().path());
        let mut response = http::Response::new(Body::from(r#"{"id":"1","data":[]}"#));
        if let Some(retry_after) = self.rejection(&line) {
            *response.status_mut() = http::StatusCode::TOO_MANY_REQUESTS;
            if let Some(retry_after) = retry_after {
                let value = http::HeaderValue::from_static(retry_after);
                response.headers_mut().insert("retry-after", value);
            }
        }
        let mut requests = self.requests.lock().expect("no test panicked here");
        requests.push((Instant::now(), line));
        Box::pin(async move {
            if !self.delay.is_zero() {
                sleep(self.delay).await;
            }
            Ok(response)
        })
    }
}

/// Returns whether the call failed because of the client's own rate limit.
pub(crate) fn is_throttled(error: &Error) -> bool {
    matches!(error, Error::Timeout(error) if error.phase() == TimeoutPhase::RateLimit)
}
