//! A mock backend that records when requests arrive, and responds to some of them with 429.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use clerk_sdk::{Backend, BackendFuture, Body, Clerk, ClientConfig, RateLimiter, RetryPolicy};
use tokio::time::{Instant, sleep};

pub(crate) const HOUR: Duration = Duration::from_secs(3600);

/// A response to each of the tests' calls.
pub(crate) const BODY: &[u8] =
    br#"{"id":"user_1","object":"user","deleted":true,"total_count":1,"keys":[]}"#;

#[derive(Clone, Default)]
pub(crate) struct RecordingBackend {
    arrivals: Arc<Mutex<Vec<Instant>>>,
    rejections: Arc<Mutex<Vec<&'static str>>>,
    /// The delay before each response.
    pub(crate) delay: Duration,
}

impl RecordingBackend {
    /// Creates a client whose calls are not retried.
    pub(crate) fn clerk(&self, limit: impl RateLimiter) -> Clerk {
        self.clerk_with_key(limit, "sk_test_recording")
    }

    pub(crate) fn clerk_with_key(&self, limit: impl RateLimiter, key: &str) -> Clerk {
        let config = ClientConfig::new(key).backend(self.clone()).timeout(HOUR);
        Clerk::new(config.rate_limit(limit).retry(RetryPolicy::none()))
    }

    /// Responds to the next request with 429 and this `Retry-After`.
    pub(crate) fn reject_next(&self, retry_after: &'static str) {
        let mut rejections = self.rejections.lock().expect("no test panicked here");
        rejections.push(retry_after);
    }

    pub(crate) fn count(&self) -> usize {
        self.arrivals.lock().expect("no test panicked here").len()
    }

    /// Asserts that no period has more arrivals than the limit.
    pub(crate) fn assert_within(&self, limit: usize, period: Duration) {
        let arrivals = self.arrivals.lock().expect("no test panicked here");
        let times = arrivals.windows(limit + 1);
        for (index, times) in times.enumerate() {
            let time = times[limit] - times[0];
            assert!(time >= period, "arrival {}: {time:?}", index + limit);
        }
    }
}

impl Backend for RecordingBackend {
    fn send(&self, _: http::Request<Bytes>) -> BackendFuture<'_> {
        let mut arrivals = self.arrivals.lock().expect("no test panicked here");
        arrivals.push(Instant::now());
        drop(arrivals);
        let rejection = self.rejections.lock().expect("no test panicked here").pop();
        Box::pin(async move {
            sleep(self.delay).await;
            let mut response = http::Response::new(Body::from(Bytes::from_static(BODY)));
            if let Some(retry_after) = rejection {
                *response.status_mut() = http::StatusCode::TOO_MANY_REQUESTS;
                let value = http::HeaderValue::from_static(retry_after);
                response.headers_mut().insert("retry-after", value);
            }
            Ok(response)
        })
    }
}
