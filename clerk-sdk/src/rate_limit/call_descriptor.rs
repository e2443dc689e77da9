//! A description of a call, for the rate limit.

use http::{HeaderValue, Method};

/// The route, path and key of a call, which decide the limits that apply to it.
pub(crate) struct CallDescriptor<'a> {
    pub(crate) method: &'a Method,
    /// The path with its placeholders.
    pub(crate) template: &'static str,
    pub(crate) path: &'a str,
    /// The value of the `Authorization` header.
    pub(crate) authorization: Option<&'a HeaderValue>,
}

impl CallDescriptor<'_> {
    /// Whether the key belongs to a production instance, which has higher limits.
    pub(super) fn has_live_key(&self) -> bool {
        let is_live = |value: &HeaderValue| value.as_bytes().starts_with(b"Bearer sk_live_");
        self.authorization.is_some_and(is_live)
    }
}
