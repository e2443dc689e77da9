//! A server that enforces a limit as strictly as possible: it counts each request when it arrives, which is later than
//! it was sent by a latency that varies, and it counts those that the client has given up.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use clerk_sdk::{Backend, BackendError, BackendFuture};
use http::{Request, StatusCode};
use tokio::sync::{Notify, oneshot};
use tokio::time::{Instant, sleep, sleep_until, timeout_at};

tokio::task_local! {
    /// Is notified when the task's call sends a request.
    pub(crate) static SENT: Arc<Notify>;
}

/// The time between a request and its arrival is at most this.
const MAX_LATENCY: Duration = Duration::from_millis(300);
/// The time between the arrival of a request and its response is at most this.
const MAX_RESPONSE_TIME: Duration = Duration::from_millis(100);
/// A request that the client has given up arrives within this time, and within a hundredth of the period.
const MAX_CANCELLATION_TIME: Duration = Duration::from_millis(100);

#[derive(Clone)]
pub(crate) struct StrictServer(Arc<Mutex<State>>);

struct State {
    max_calls: usize,
    period: Duration,
    /// Whether each path has a limit of its own.
    is_per_path: bool,
    /// Of how many requests one gets status 503, if any.
    fails_every: Option<u64>,
    arrivals: HashMap<String, Vec<Instant>>,
    rejected: usize,
    random: u64,
}

impl StrictServer {
    pub(crate) fn new(max_calls: usize, period: Duration) -> Self {
        Self(Arc::new(Mutex::new(State {
            max_calls,
            period,
            is_per_path: false,
            fails_every: None,
            arrivals: HashMap::new(),
            rejected: 0,
            random: 1,
        })))
    }

    pub(crate) fn per_path(self) -> Self {
        self.with_state(|state| state.is_per_path = true);
        self
    }

    /// Responds to one of `requests` requests with 503.
    pub(crate) fn failing_every(self, requests: u64) -> Self {
        self.with_state(|state| state.fails_every = Some(requests));
        self
    }

    /// Returns how many requests arrived, and how many of them exceeded the limit.
    pub(crate) fn counts(&self) -> (usize, usize) {
        self.with_state(|state| {
            let arrived = state.arrivals.values().map(Vec::len).sum();
            (arrived, state.rejected)
        })
    }

    /// Returns the part of the limit that was used, from the first arrival until a period after the last.
    pub(crate) fn usage(&self) -> f64 {
        self.with_state(|state| {
            let all = || state.arrivals.values().flatten();
            let (Some(first), Some(last)) = (all().min(), all().max()) else {
                return 0.0;
            };
            let periods = (*last + state.period - *first).div_duration_f64(state.period);
            let windows = state.arrivals.len() * state.max_calls;
            all().count() as f64 / (windows as f64 * periods)
        })
    }

    fn with_state<T>(&self, f: impl FnOnce(&mut State) -> T) -> T {
        f(&mut self.0.lock().expect("no test panics with the lock"))
    }
}

impl State {
    /// Returns a number below `bound`, from a linear congruential generator.
    fn random(&mut self, bound: u64) -> u64 {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005);
        self.random = self.random.wrapping_add(1_442_695_040_888_963_407);
        (self.random >> 33) % bound
    }

    fn random_time(&mut self, max: Duration) -> Duration {
        let micros = u64::try_from(max.as_micros()).expect("the time is short");
        Duration::from_micros(self.random(micros + 1))
    }

    /// Counts a request that arrives, and returns the status of its response.
    fn arrive(&mut self, path: String) -> StatusCode {
        let window = if self.is_per_path {
            path
        } else {
            String::new()
        };
        let (now, arrivals) = (Instant::now(), self.arrivals.entry(window).or_default());
        let earlier = arrivals.len().checked_sub(self.max_calls);
        let is_rejected = earlier.is_some_and(|index| now - arrivals[index] < self.period);
        arrivals.push(now);
        if is_rejected {
            self.rejected += 1;
            return StatusCode::TOO_MANY_REQUESTS;
        }
        let fails_every = self.fails_every;
        match fails_every.is_some_and(|requests| self.random(requests) == 0) {
            true => StatusCode::SERVICE_UNAVAILABLE,
            false => StatusCode::OK,
        }
    }
}

impl Backend for StrictServer {
    fn send(&self, request: Request<Bytes>) -> BackendFuture<'_> {
        // Calls whose task does not wait for it do not set it.
        let _ = SENT.try_with(|sent| sent.notify_one());
        let (latency, response_time) = self.with_state(|state| {
            (
                state.random_time(MAX_LATENCY),
                state.random_time(MAX_RESPONSE_TIME),
            )
        });
        let cancellation_time =
            self.with_state(|state| MAX_CANCELLATION_TIME.min(state.period / 100));
        let (path, arrival) = (request.uri().path().to_owned(), Instant::now() + latency);
        let (mut respond, response) = oneshot::channel();
        let server = self.clone();
        tokio::spawn(async move {
            if timeout_at(arrival, respond.closed()).await.is_ok() {
                sleep_until(arrival.min(Instant::now() + cancellation_time)).await;
            }
            let status = server.with_state(|state| state.arrive(path));
            sleep(response_time).await;
            // The client may have given up the request.
            let _ = respond.send(status);
        });
        Box::pin(async {
            let status = response.await.map_err(BackendError::new)?;
            let mut response =
                http::Response::new(Bytes::from_static(br#"{"id":"1","data":[]}"#).into());
            *response.status_mut() = status;
            Ok(response)
        })
    }
}
