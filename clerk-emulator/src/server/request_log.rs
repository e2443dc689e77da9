//! The request log: the most recent requests, for tests to inspect.

use std::collections::VecDeque;

use crate::http::request::RecordedRequest;

/// The log keeps this many requests, so that a long run does not exhaust memory.
const MAX_REQUESTS: usize = 20_000;

/// The most recent requests, in order of arrival.
#[derive(Default)]
pub(crate) struct RequestLog(VecDeque<RecordedRequest>);

impl RequestLog {
    /// Adds a request, and removes the oldest one if the log is full.
    pub(crate) fn push(&mut self, request: RecordedRequest) {
        if self.0.len() == MAX_REQUESTS {
            self.0.pop_front();
        }
        self.0.push_back(request);
    }

    pub(crate) fn to_vec(&self) -> Vec<RecordedRequest> {
        self.0.iter().cloned().collect()
    }
}
