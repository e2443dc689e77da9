//! The input documents: each file's content with the path that errors report.

/// The documents that the generator reads.
pub struct Documents {
    /// The API description, without prose: `spec/backend-api.json`.
    pub api: Source,
    /// Every public name: `spec/names.toml`.
    pub names: Source,
    /// Corrections and documentation, applied in order: `spec/overlay/*.yaml`.
    pub overlays: Vec<Source>,
    /// The source and revision of the API description: `spec/upstream.toml`.
    pub upstream: Source,
}

/// The content of a file and the path that errors report.
#[derive(Clone)]
pub struct Source {
    /// The path from the workspace's root, such as `spec/names.toml`.
    pub path: String,
    /// The whole content.
    pub text: String,
}
