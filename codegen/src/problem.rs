//! Errors in a document: each contains its location and how to fix it. All of them are reported in one run.

use std::fmt;

/// An error in a document.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Problem {
    /// The document: `spec/names.toml`.
    pub file: String,
    /// The location within the document: a JSON pointer, or empty for the whole document.
    pub pointer: String,
    /// What is wrong and how to fix it.
    pub message: String,
}

impl Problem {
    pub(crate) fn new(
        file: impl Into<String>,
        pointer: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            file: file.into(),
            pointer: pointer.into(),
            message: message.into(),
        }
    }

    /// Returns whether two problems are in the same place of the same file.
    pub(crate) fn is_at_same_place(&self, other: &Self) -> bool {
        self.file == other.file && self.pointer == other.pointer
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let separator = if self.pointer.is_empty() { "" } else { "#" };
        write!(
            f,
            "{}{separator}{}: {}",
            self.file, self.pointer, self.message
        )
    }
}

/// Every error found in one run.
#[derive(Debug)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// Returns `value` if there are no problems; otherwise all of them, sorted by location.
    pub(crate) fn check<T>(mut problems: Vec<Problem>, value: T) -> Result<T, Self> {
        if problems.is_empty() {
            return Ok(value);
        }
        problems.sort();
        problems.dedup();
        Err(Self(problems))
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for Problems {}
