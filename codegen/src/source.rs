//! A file that the generator reads.

/// The content of a file and the path that errors report.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Source {
    /// The path from the workspace's root, such as `spec/names.toml`.
    pub path: String,
    /// The whole content.
    pub text: String,
}
