//! The request log: the most recent requests with what they were answered.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::body::{Body, Bytes};
use axum::http::Response;

use crate::http::request::RecordedRequest;
use crate::http::response::ResponseRecord;
use crate::server::bounded_log::{HasBody, Log};

/// The log keeps the bodies of this many responses.
pub(crate) const MAX_RESPONSE_BODIES: usize = 200;

/// The log keeps no bodies of responses that are longer than this, in bytes: those of lists can be large.
const MAX_RESPONSE_BYTES: usize = 256 * 1024;

/// A request, and the response to it once there is one.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    pub(crate) number: u64,
    /// When the request had arrived, in milliseconds since the Unix epoch.
    pub(crate) time: i64,
    pub(crate) request: Arc<RecordedRequest>,
    pub(crate) response: Option<RecordedResponse>,
}

impl Exchange {
    /// Returns a summary of the request and its response; nothing if there is none yet.
    pub(crate) fn summary(&self) -> Option<RequestSummary> {
        let response = self.response.as_ref()?;
        let time = Duration::from_millis(u64::try_from(self.time).unwrap_or_default());
        Some(RequestSummary {
            time: UNIX_EPOCH + time,
            method: self.request.method.clone(),
            path: self.request.path.clone(),
            status: response.status,
            code: response.code,
            duration: response.duration,
        })
    }
}

impl HasBody for Exchange {
    fn body_bytes(&self) -> usize {
        self.request.body.len()
    }
}

/// A response, and how long it took.
#[derive(Clone, Debug)]
pub(crate) struct RecordedResponse {
    pub(crate) status: u16,
    /// The code of the error.
    pub(crate) code: Option<&'static str>,
    pub(crate) duration: Duration,
    /// Empty if it is too long, or not kept any more.
    pub(crate) body: Bytes,
}

impl RecordedResponse {
    pub(crate) fn new(response: &Response<Body>, duration: Duration) -> Self {
        let record = response.extensions().get::<ResponseRecord>();
        let body = record.map(|it| it.body.clone());
        let body = body.filter(|it| it.len() <= MAX_RESPONSE_BYTES);
        Self {
            status: response.status().as_u16(),
            code: record.and_then(|it| it.code),
            duration,
            body: body.unwrap_or_default(),
        }
    }
}

/// A request that was answered. Its [`Display`](fmt::Display) is a line for a log.
#[derive(Clone, Debug)]
pub struct RequestSummary {
    /// When the request arrived, by the emulator's clock.
    pub time: SystemTime,
    /// The HTTP method, such as `GET`.
    pub method: String,
    /// The percent-encoded path, as sent, without the query.
    pub path: String,
    /// The status of the response.
    pub status: u16,
    /// The code of the first error.
    pub code: Option<&'static str>,
    /// How long the emulator took to respond.
    pub duration: Duration,
}

impl fmt::Display for RequestSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = humantime::format_rfc3339_millis(self.time);
        write!(f, "{time} {} {} {}", self.method, self.path, self.status)?;
        if let Some(code) = self.code {
            write!(f, " {code}")?;
        }
        write!(f, " {:.1} ms", self.duration.as_secs_f64() * 1000.0)
    }
}

/// The most recent requests, in order of arrival.
#[derive(Default)]
pub(crate) struct RequestLog {
    exchanges: Log<Exchange>,
    next_number: u64,
}

impl RequestLog {
    /// Adds a request that arrived at `time`, and removes the oldest ones if the log is full. Returns the request's number.
    pub(crate) fn push(&mut self, time: i64, request: Arc<RecordedRequest>) -> u64 {
        let number = self.next_number;
        self.next_number += 1;
        self.exchanges.push(Exchange {
            number,
            time,
            request,
            response: None,
        });
        let outdated = number.checked_sub(MAX_RESPONSE_BODIES as u64);
        if let Some(exchange) = outdated.and_then(|number| self.get_mut(number))
            && let Some(response) = &mut exchange.response
        {
            response.body = Bytes::new();
        }
        number
    }

    /// Adds the response to a request, and returns both; nothing if the request is not in the log any more.
    pub(crate) fn complete(
        &mut self,
        number: u64,
        response: RecordedResponse,
    ) -> Option<&Exchange> {
        let exchange = self.get_mut(number)?;
        exchange.response = Some(response);
        Some(exchange)
    }

    #[cfg(feature = "page")]
    pub(crate) fn get(&self, number: u64) -> Option<&Exchange> {
        self.exchanges.iter().find(|it| it.number == number)
    }

    /// Returns the last `count` requests, the newest first.
    #[cfg(feature = "page")]
    pub(crate) fn newest(&self, count: usize) -> Vec<Exchange> {
        self.exchanges.iter().rev().take(count).cloned().collect()
    }

    pub(crate) fn to_vec(&self) -> Vec<RecordedRequest> {
        let requests = self.exchanges.iter().map(|it| (*it.request).clone());
        requests.collect()
    }

    fn get_mut(&mut self, number: u64) -> Option<&mut Exchange> {
        let first = self.exchanges.iter().next()?.number;
        let index = usize::try_from(number.checked_sub(first)?).ok()?;
        self.exchanges.get_mut(index)
    }
}
