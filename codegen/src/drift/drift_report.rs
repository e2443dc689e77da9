//! The result of a comparison: every change, and the follow-up work that adopting the upstream
//! document requires.

use super::change::Change;
use super::severity::SemverBump;
use crate::Problem;

/// The differences between the vendored document and the upstream document, and the consequences of
/// adopting the upstream document.
#[derive(Debug, Default)]
pub struct DriftReport {
    /// Every change, sorted by resource and JSON pointer.
    pub changes: Vec<Change>,
    /// Overlay actions that match nothing in the upstream document, or add a property that it has.
    /// They are removed from the overlays.
    pub stale_actions: Vec<Problem>,
    /// Annotations of the overlays that do not fit a schema of the upstream document, and are not
    /// applied to it.
    pub notes: Vec<Problem>,
    /// Problems that prevent the SDK from being generated from the upstream document.
    pub blockers: Vec<Problem>,
    /// The content of `names.toml` for the upstream document.
    pub names: String,
    /// The path and new content of each overlay that was updated for the upstream document.
    pub overlays: Vec<(String, String)>,
    /// The lines of `names.toml` that were added or changed by rule, each as `key = "name"`.
    pub new_names: Vec<String>,
    /// New items that have no documentation yet.
    pub undocumented: Vec<String>,
    /// Public items that would be removed.
    pub removed_items: Vec<String>,
}

impl DriftReport {
    /// Returns the version bump that a release with these changes requires.
    ///
    /// It is unknown as long as there are blockers.
    pub fn required_bump(&self) -> SemverBump {
        if !self.blockers.is_empty() {
            return SemverBump::Unknown;
        }
        let severities = self.changes.iter().map(|change| change.severity);
        severities.max().map_or(SemverBump::None, SemverBump::from)
    }
}
