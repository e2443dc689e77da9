//! A backend that notes when requests come, and refuses some of them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use clerk_sdk::{
    Backend, BackendFuture, Clerk, ClientConfig, Error, RateLimit, RetryPolicy, TimeoutPhase,
};
use tokio::time::{Instant, sleep};

pub(crate) const SECOND: Duration = Duration::from_secs(1);
pub(crate) const HOUR: Duration = Duration::from_secs(3600);

/// When a request came, and what it was: `GET /v1/users/user_1`.
type Sent = (Instant, String);

/// Notes when each request came, and refuses the first few.
#[derive(Clone, Default)]
pub(crate) struct Clock {
    sent: Arc<Mutex<Vec<Sent>>>,
    refusals: Arc<Mutex<Vec<Option<&'static str>>>>,
    /// Only such requests are refused: those that start so.
    pub(crate) refused: &'static str,
    /// How long an answer takes.
    pub(crate) delay: Duration,
}

impl Clock {
    pub(crate) fn config(&self, limit: RateLimit) -> ClientConfig {
        let config = ClientConfig::new("sk_test_clock").backend(self.clone());
        config.rate_limit(limit).timeout(HOUR)
    }

    pub(crate) fn clerk(&self, limit: RateLimit) -> Clerk {
        Clerk::new(self.config(limit))
    }

    /// One whose calls are not repeated.
    pub(crate) fn once(&self, limit: RateLimit) -> Clerk {
        Clerk::new(self.config(limit).retry(RetryPolicy::none()))
    }

    /// Refuses the next request, with this `Retry-After`.
    pub(crate) fn refuse(&self, told: Option<&'static str>) {
        let mut refusals = self.refusals.lock().expect("no test panicked here");
        refusals.push(told);
    }

    /// When the requests came that start so.
    pub(crate) fn times(&self, start: &str) -> Vec<Instant> {
        let sent = self.sent.lock().expect("no test panicked here");
        let sent = sent.iter().filter(|(_, what)| what.starts_with(start));
        sent.map(|(when, _)| *when).collect()
    }

    /// The seconds after `start` at which requests came.
    pub(crate) fn seconds(&self, start: Instant) -> Vec<u64> {
        let times = self.times("").into_iter();
        times.map(|it| (it - start).as_secs()).collect()
    }

    pub(crate) fn count(&self) -> usize {
        self.times("").len()
    }

    /// What is said of a request, if it is refused.
    fn refusal(&self, what: &str) -> Option<Option<&'static str>> {
        let mut refusals = self.refusals.lock().expect("no test panicked here");
        let is_refused = what.starts_with(self.refused);
        is_refused.then(|| refusals.pop()).flatten()
    }
}

impl Backend for Clock {
    fn send(&self, request: http::Request<Bytes>) -> BackendFuture<'_> {
        let what = format!("{} {}", request.method(), request.uri().path());
        let mut response = http::Response::new(Bytes::from_static(b"{}"));
        if let Some(told) = self.refusal(&what) {
            *response.status_mut() = http::StatusCode::TOO_MANY_REQUESTS;
            if let Some(told) = told {
                let told = http::HeaderValue::from_static(told);
                response.headers_mut().insert("retry-after", told);
            }
        }
        let mut sent = self.sent.lock().expect("no test panicked here");
        sent.push((Instant::now(), what));
        Box::pin(async move {
            if !self.delay.is_zero() {
                sleep(self.delay).await;
            }
            Ok(response)
        })
    }
}

pub(crate) fn is_held_back(error: &Error) -> bool {
    matches!(error, Error::Timeout(error) if error.phase() == TimeoutPhase::RateLimit)
}
