//! The error for a response that cannot be decoded into the expected type.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::exchange::{AttemptHistory, Exchange};

/// An error for a response that cannot be decoded into the expected type, with the path of the value at fault.
///
/// The operation itself succeeded. The whole response is kept.
#[derive(Clone)]
pub struct DecodeError(Box<DecodeFailure>);

#[derive(Clone)]
struct DecodeFailure {
    exchange: Exchange,
    path: String,
    body_problem: Option<BodyProblem>,
    /// The item that cannot be decoded: its index in the list, and where its JSON is in the body.
    item: Option<(usize, Range<usize>)>,
    source: Arc<dyn StdError + Send + Sync>,
}

/// Why a body was not received in full.
#[derive(Clone, Copy)]
pub(crate) enum BodyProblem {
    /// The connection broke off, or the encoding is truncated or corrupt.
    Truncated,
    /// The body exceeds the limit of the configuration.
    TooLarge,
}

impl DecodeError {
    pub(crate) fn new(
        exchange: Exchange,
        path: String,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self(Box::new(DecodeFailure {
            exchange,
            path,
            body_problem: None,
            item: None,
            source: Arc::from(source.into()),
        }))
    }

    /// States that the body was not received in full.
    pub(crate) fn incomplete(mut self, problem: BodyProblem) -> Self {
        self.0.body_problem = Some(problem);
        self
    }

    /// States that only this item of a list cannot be decoded.
    pub(crate) fn of_item(mut self, index: usize, range: Range<usize>) -> Self {
        self.0.item = Some((index, range));
        self
    }

    pub(crate) fn history_mut(&mut self) -> &mut AttemptHistory {
        &mut self.0.exchange.history
    }

    pub(crate) fn exchange(&self) -> &Exchange {
        &self.0.exchange
    }

    /// The JSON path of the value that cannot be decoded, such as `$.data[2].created_at`; `$` is the whole body.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// The index of the item in its page, counted from 0, if a single item of a list cannot be decoded:
    /// [`Items`](crate::Items) returns such an error for the item, and continues with the next one.
    pub fn item_index(&self) -> Option<usize> {
        self.0.item.as_ref().map(|(index, _)| *index)
    }

    /// The JSON of that item, as received. It may contain personal data.
    pub fn item_json(&self) -> Option<&str> {
        let (_, range) = self.0.item.as_ref()?;
        std::str::from_utf8(&self.raw_body()[range.clone()]).ok()
    }

    /// Whether the connection broke off in the middle of the response, or its gzip encoding was truncated or corrupt. A
    /// retry may receive all of it.
    pub fn is_truncated(&self) -> bool {
        matches!(self.0.body_problem, Some(BodyProblem::Truncated))
    }

    /// The HTTP status, 200 to 299.
    pub fn status(&self) -> StatusCode {
        self.0.exchange.status
    }

    /// Clerk's id of this exchange. Include it when you contact Clerk's support.
    pub fn trace_id(&self) -> Option<&str> {
        self.0.exchange.header_trace_id()
    }

    /// The number of attempts that were made: more than one if the call was
    /// [retried](crate::RetryPolicy).
    pub fn attempt_count(&self) -> u32 {
        self.0.exchange.history.attempts
    }

    /// The headers of the response.
    pub fn headers(&self) -> &HeaderMap {
        &self.0.exchange.headers
    }

    /// The body as received, with replacement characters for bytes that are not UTF-8. It may contain
    /// personal data.
    pub fn raw_json(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.0.exchange.body)
    }

    /// The bytes of the body, as far as they were received.
    pub fn raw_body(&self) -> &Bytes {
        &self.0.exchange.body
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Exchange {
            operation, status, ..
        } = &self.0.exchange;
        write!(
            f,
            "cannot decode the {} response to {operation} at {}",
            status.as_u16(),
            self.0.path
        )?;
        // The source can contain values of the body, because errors of a caller's own types can.
        match self.0.body_problem {
            Some(BodyProblem::Truncated) => f.write_str(": the body is truncated or corrupt"),
            Some(BodyProblem::TooLarge) => f.write_str(": the body exceeds `max_response_bytes`"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecodeError")
            .field("operation", &self.0.exchange.operation.to_string())
            .field("status", &self.status().as_u16())
            .field("path", &self.0.path)
            .field("source", &self.0.source)
            .field("body_len", &self.raw_body().len())
            .finish()
    }
}

impl StdError for DecodeError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.0.source)
    }
}
