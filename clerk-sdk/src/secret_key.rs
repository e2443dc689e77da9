//! The secret key, which is never printed.

use std::fmt;

use http::HeaderValue;

use crate::error::InvalidArgument;

/// A secret key. It prints as `[redacted]`.
#[derive(Clone, Eq, PartialEq)]
pub(crate) struct SecretKey(String);

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl SecretKey {
    pub(crate) fn new(key: impl Into<String>) -> Self {
        Self(key.into())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the `Authorization` header, marked as sensitive so that it is never printed or compressed.
    pub(crate) fn authorization(&self) -> Result<HeaderValue, InvalidArgument> {
        // Stricter than HTTP requires: every key consists of printable characters without spaces.
        if !self.0.bytes().all(|byte| byte.is_ascii_graphic()) {
            let reason = "the secret key contains a space, a line break or another byte not allowed in a key";
            return Err(InvalidArgument::new("key", reason));
        }
        let mut value = HeaderValue::try_from(format!("Bearer {}", self.0)).map_err(|_| {
            InvalidArgument::new("key", "the secret key is not a valid header value")
        })?;
        value.set_sensitive(true);
        Ok(value)
    }
}
