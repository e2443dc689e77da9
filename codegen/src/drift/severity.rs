//! How severely a change affects callers of the SDK, and the version bump that follows from it.

use std::fmt;

/// How severely a change affects callers of the SDK, from the least to the most severe.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Severity {
    /// Only the generated documentation changes.
    DocsOnly,
    /// The public API stays the same, but the same code sends or receives something else.
    WireLevel,
    /// The public API grows, and existing code still compiles.
    Additive,
    /// Existing code may no longer compile.
    Breaking,
    /// The effect cannot be determined, because the SDK cannot be generated from the new document.
    Unknown,
}

/// The part of the version number that a release must increment.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum SemverBump {
    /// No release is needed.
    None,
    /// The patch version.
    Patch,
    /// The minor version.
    Minor,
    /// The major version.
    Major,
    /// It cannot be determined yet.
    Unknown,
}

impl From<Severity> for SemverBump {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::DocsOnly | Severity::WireLevel => Self::Patch,
            Severity::Additive => Self::Minor,
            Severity::Breaking => Self::Major,
            Severity::Unknown => Self::Unknown,
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DocsOnly => "docs-only",
            Self::WireLevel => "wire-level",
            Self::Additive => "additive",
            Self::Breaking => "breaking",
            Self::Unknown => "unknown",
        })
    }
}

impl fmt::Display for SemverBump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
            Self::Unknown => "unknown",
        })
    }
}
