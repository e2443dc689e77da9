//! How a command ends if it does not fail.

/// The outcome of a command that did not fail.
pub(crate) enum Outcome {
    /// The command did its work, or found everything up to date.
    Success,
    /// The command found differences or gaps, and has printed them.
    DifferencesFound,
}
