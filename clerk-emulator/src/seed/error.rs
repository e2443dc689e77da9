//! What is wrong with a seed, and where.

use std::error::Error;
use std::fmt;

/// What is wrong with a seed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SeedError {
    /// The file, if the seed is one.
    pub(crate) file: Option<String>,
    pub(crate) line: Option<u64>,
    pub(crate) message: String,
}

impl SeedError {
    pub(crate) fn new(line: Option<u64>, message: impl Into<String>) -> Self {
        Self {
            file: None,
            line,
            message: message.into(),
        }
    }

    /// Names the file that the seed is.
    pub(crate) fn in_file(mut self, name: &str) -> Self {
        self.file = Some(name.to_owned());
        self
    }

    /// Returns the line at which the mistake is, from 1 on.
    pub fn line(&self) -> Option<u64> {
        self.line
    }
}

impl fmt::Display for SeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.file, self.line) {
            (Some(file), Some(line)) => write!(f, "{file}:{line}: {}", self.message),
            (Some(file), None) => write!(f, "{file}: {}", self.message),
            (None, Some(line)) => write!(f, "line {line}: {}", self.message),
            (None, None) => f.write_str(&self.message),
        }
    }
}

impl Error for SeedError {}
