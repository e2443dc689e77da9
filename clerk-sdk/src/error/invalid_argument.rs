//! The error for an invalid argument or setting.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

/// An error for an invalid argument or setting: nothing was sent.
#[derive(Clone, Debug)]
pub struct InvalidArgument {
    name: &'static str,
    reason: Cow<'static, str>,
}

impl InvalidArgument {
    pub(crate) fn new(name: &'static str, reason: impl Into<Cow<'static, str>>) -> Self {
        Self {
            name,
            reason: reason.into(),
        }
    }

    /// The name of the argument or setting, such as `user_id`, `key` or `base_url`.
    pub fn name(&self) -> &str {
        self.name
    }
}

impl fmt::Display for InvalidArgument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invalid {}: {}", self.name, self.reason)
    }
}

impl StdError for InvalidArgument {}
