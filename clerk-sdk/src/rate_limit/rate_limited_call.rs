//! A description of a call, for rate limits.

use std::borrow::Cow;
use std::fmt;

use http::{HeaderValue, Method};

/// A call that waits for a [`RateLimiter`](crate::RateLimiter): the route, path and key decide which limits apply to it.
#[derive(Clone, Copy)]
pub struct RateLimitedCall<'a> {
    pub(crate) method: &'a Method,
    pub(crate) template: &'a Cow<'static, str>,
    pub(crate) path: &'a str,
    pub(crate) authorization: Option<&'a HeaderValue>,
    pub(crate) is_low_priority: bool,
}

impl<'a> RateLimitedCall<'a> {
    /// The HTTP method.
    pub fn method(&self) -> &'a Method {
        self.method
    }

    /// The path with its placeholders, such as `/users/{user_id}`.
    pub fn template(&self) -> &'a str {
        self.template
    }

    /// The whole path of the URL, with ids and the path of the base URL, such as `/v1/users/user_123`.
    pub fn path(&self) -> &'a str {
        self.path
    }

    /// The value of the `Authorization` header, which contains the secret key; `None` for operations that take no key.
    /// Limits apply to each key, so a limiter may distinguish calls by it, but must not store or log it.
    pub fn authorization(&self) -> Option<&'a HeaderValue> {
        self.authorization
    }

    /// Whether the call checks a credential that may have been invented by anyone, such as an unknown machine token.
    ///
    /// Such a call must not delay others. It does not wait for a permit, and should get one only if others are left:
    /// [`RateLimit`](crate::RateLimit) leaves half of each limit to other calls.
    pub fn is_low_priority(&self) -> bool {
        self.is_low_priority
    }

    /// Whether the key belongs to a production instance, which has higher limits.
    pub fn has_live_key(&self) -> bool {
        let is_live = |value: &HeaderValue| value.as_bytes().starts_with(b"Bearer sk_live_");
        self.authorization.is_some_and(is_live)
    }
}

/// Shows neither the path, which contains ids, nor the key.
impl fmt::Debug for RateLimitedCall<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimitedCall")
            .field("method", self.method)
            .field("template", self.template)
            .finish_non_exhaustive()
    }
}
