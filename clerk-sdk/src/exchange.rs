//! The facts about one call: its operation, its attempts so far, and what the API responded.
//!
//! Errors, requests and responses build on these types, so this file imports nothing from the crate.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};

/// The operation that a call performs, displayed as in error messages: `GET /users/{user_id}`.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub(crate) method: Method,
    /// The path with its placeholders.
    pub(crate) template: Cow<'static, str>,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.template)
    }
}

/// The attempts of a call up to the one that ended in a response or an error.
///
/// It displays as a suffix for error messages, such as ` (3 attempts)`, or as nothing after a single attempt.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AttemptHistory {
    /// The number of requests sent, this one included; 0 if none was.
    pub(crate) attempts: u32,
    /// Whether an attempt before this one may have been carried out.
    pub(crate) earlier_may_have_happened: bool,
    /// Whether a layer held the last attempt back, so that it was not sent.
    pub(crate) is_held_back: bool,
    /// Whether the call would have been retried if the retry budget were not exhausted.
    pub(crate) is_budget_exhausted: bool,
}

impl AttemptHistory {
    /// A call that was not sent.
    pub(crate) const NOT_SENT: Self = Self {
        attempts: 0,
        earlier_may_have_happened: false,
        is_held_back: false,
        is_budget_exhausted: false,
    };

    /// The first attempt of a call.
    pub(crate) const FIRST: Self = Self {
        attempts: 1,
        earlier_may_have_happened: false,
        is_held_back: false,
        is_budget_exhausted: false,
    };
}

impl fmt::Display for AttemptHistory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.attempts, self.is_budget_exhausted) {
            (0 | 1, false) => Ok(()),
            (attempts, false) => write!(f, " ({attempts} attempts)"),
            (0 | 1, true) => f.write_str(" (not retried: the retry budget is exhausted)"),
            (attempts, true) => {
                write!(
                    f,
                    " ({attempts} attempts, then the retry budget was exhausted)"
                )
            }
        }
    }
}

/// One HTTP exchange with the API, whatever its status.
#[derive(Clone)]
pub(crate) struct Exchange {
    pub(crate) operation: Operation,
    pub(crate) history: AttemptHistory,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Exchange {
    pub(crate) fn new(
        operation: Operation,
        history: AttemptHistory,
        response: http::Response<Bytes>,
    ) -> Self {
        let (head, body) = response.into_parts();
        Self {
            operation,
            history,
            status: head.status,
            headers: head.headers,
            body,
        }
    }

    pub(crate) fn header_trace_id(&self) -> Option<&str> {
        self.header("clerk-trace-id")
            .or_else(|| self.header("cf-ray"))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}
