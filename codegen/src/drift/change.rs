//! One entry of a drift report: what changed upstream, which Rust items it affects, and how
//! severely.

use std::fmt;

use super::severity::Severity;

/// A change between the vendored document and the upstream document.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Change {
    /// The module of the SDK that the change belongs to, or `document` if it belongs to none.
    pub resource: String,
    /// The kind of thing that changed: `operation`, `parameter`, `field`, `type`, `enum value`, …
    pub subject: &'static str,
    /// Whether it was added, removed, changed or renamed.
    pub kind: ChangeKind,
    /// The JSON pointer of the change: in the vendored document for a removal, otherwise in the
    /// upstream document.
    pub pointer: String,
    /// A description of the change.
    pub detail: String,
    /// The paths of the Rust items that the change affects, such as `user::UpdateParams::locale`.
    pub items: Vec<String>,
    /// How severely the change affects callers.
    pub severity: Severity,
}

/// The kind of a change.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum ChangeKind {
    /// The subject exists in the upstream document only.
    Added,
    /// The subject exists in the vendored document only.
    Removed,
    /// The subject exists in both documents and differs.
    Changed,
    /// The subject has another name in the upstream document.
    Renamed,
}

impl fmt::Display for ChangeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Renamed => "renamed",
        })
    }
}
