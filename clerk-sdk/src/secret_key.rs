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

    /// Reads the key from an environment variable. Mounted secrets and `.env` files often end in a line break.
    ///
    /// A value that is not UTF-8 becomes a key that [`authorization`](Self::authorization) rejects.
    pub(crate) fn from_env(name: &str) -> Option<Self> {
        let value = std::env::var_os(name)?;
        Some(Self::new(value.to_string_lossy().trim_ascii()))
    }

    /// Whether the key belongs to a production instance.
    #[cfg(feature = "auth")]
    pub(crate) fn is_live(&self) -> bool {
        self.0.starts_with("sk_live_")
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the `Authorization` header, marked as sensitive so that it is never printed or compressed.
    pub(crate) fn authorization(&self) -> Result<HeaderValue, InvalidArgument> {
        if let Some(problem) = self.problem() {
            return Err(InvalidArgument::new("key", problem));
        }
        let mut value = HeaderValue::try_from(format!("Bearer {}", self.0)).map_err(|_| {
            InvalidArgument::new("key", "the secret key is not a valid header value")
        })?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// The mistake that the key shows, if it does.
    fn problem(&self) -> Option<&'static str> {
        if self.0.starts_with("pk_") {
            return Some("this is a publishable key: use the secret key, which starts with `sk_`");
        }
        if self.0.starts_with(['"', '\'']) {
            return Some("the secret key is in quotes: remove them");
        }
        // Stricter than HTTP requires: every key consists of printable characters without spaces.
        let is_valid = self.0.bytes().all(|byte| byte.is_ascii_graphic());
        (!is_valid).then_some(
            "the secret key contains a space, a line break or another byte not allowed in a key",
        )
    }
}
