//! Successful responses: the decoded value, with the exchange it was received in.

use std::borrow::Cow;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use serde::{Serialize, Serializer};

use crate::exchange::{AttemptHistory, Exchange, Operation};
use crate::wire::List;

/// The response to a call: it derefs to the decoded value, and keeps status, headers and the raw body.
///
/// ```no_run
/// # async fn run() -> clerk_sdk::Result<()> {
/// let user = clerk_sdk::user::get("user_123").await?;
/// println!("{} {:?}", user.id, user.trace_id());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Response<T> {
    // Private fields hide fields of the same name in the types it derefs to, so no type may have one of these.
    inner_value: T,
    exchange: Arc<Exchange>,
}

impl<T> Response<T> {
    /// Creates a response without a call, for tests of your own functions that take a `Response`.
    ///
    /// Its status is 200, it has no headers and no trace id, its body is empty, and the number of attempts is 1.
    ///
    /// ```
    /// use clerk_sdk::Response;
    /// use clerk_sdk::types::User;
    ///
    /// let user = Response::new(User::default());
    /// assert_eq!(user.http_status(), 200);
    /// ```
    pub fn new(value: T) -> Self {
        let operation = Operation {
            method: Method::GET,
            template: "/".into(),
        };
        let response = http::Response::new(Bytes::new());
        let exchange = Exchange::new(operation, AttemptHistory::FIRST, response);
        Self::received(value, Arc::new(exchange))
    }

    /// Creates the response to a call.
    pub(crate) fn received(value: T, exchange: Arc<Exchange>) -> Self {
        Self {
            inner_value: value,
            exchange,
        }
    }

    pub(crate) fn exchange(&self) -> &Exchange {
        &self.exchange
    }

    pub(crate) fn shared_exchange(&self) -> Arc<Exchange> {
        Arc::clone(&self.exchange)
    }

    /// The HTTP status, 200 to 299. Many types have a `status` of their own, which is a field of the value.
    pub fn http_status(&self) -> StatusCode {
        self.exchange.status
    }

    /// The headers of the response.
    pub fn headers(&self) -> &HeaderMap {
        &self.exchange.headers
    }

    /// Clerk's id of this exchange. Include it when you contact Clerk's support.
    pub fn trace_id(&self) -> Option<&str> {
        self.exchange.header_trace_id()
    }

    /// The number of attempts that were made, this one included: more than one if the call was
    /// [retried](crate::RetryPolicy).
    pub fn attempt_count(&self) -> u32 {
        self.exchange.history.attempts
    }

    /// The body as received, with replacement characters for bytes that are not UTF-8.
    pub fn raw_json(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.exchange.body)
    }

    /// The bytes of the body as received.
    pub fn raw_body(&self) -> &Bytes {
        &self.exchange.body
    }

    /// Converts the value, and keeps the status, headers and body that it was received with.
    ///
    /// ```no_run
    /// # async fn run() -> clerk_sdk::Result<()> {
    /// let id = clerk_sdk::user::get("user_123").await?.map(|user| user.id);
    /// println!("{} {:?}", *id, id.trace_id());
    /// # Ok(())
    /// # }
    /// ```
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Response<U> {
        Response::received(f(self.inner_value), self.exchange)
    }

    /// Returns the decoded value alone.
    pub fn into_inner(self) -> T {
        self.inner_value
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.inner_value
    }
}

impl<T> DerefMut for Response<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.inner_value
    }
}

impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.http_status().as_u16())
            .field("trace_id", &self.trace_id())
            .field("value", &self.inner_value)
            .finish()
    }
}

/// Serializes the value alone.
impl<T: Serialize> Serialize for Response<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.inner_value.serialize(serializer)
    }
}

impl<T> IntoIterator for Response<List<T>> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.inner_value.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Response<List<T>> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.inner_value.iter()
    }
}
