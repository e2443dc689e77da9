//! The revision of the API description that the SDK is generated from, read from `upstream.toml`.

use toml_edit::DocumentMut;

use crate::documents::Source;
use crate::problem::{Problem, Problems};

/// The contents of `upstream.toml` that the generated documentation states.
pub(crate) struct SourceRevision {
    /// The URL or path that the document was read from.
    pub(crate) source: String,
    /// The revision in the upstream repository, if known.
    pub(crate) revision: Option<String>,
    pub(crate) sha256: String,
}

impl SourceRevision {
    pub(crate) fn parse(source: &Source) -> Result<Self, Problems> {
        let problem = |message: String| Problem::new(&source.path, "", message);
        let table: DocumentMut = source
            .text
            .parse()
            .map_err(|error| problem(format!("this is not TOML: {error}")))?;
        let string = |key: &str| {
            let value = table.get(key).and_then(|it| it.as_str());
            value.map(str::to_owned)
        };
        let required = |key: &str| {
            string(key)
                .ok_or_else(|| problem(format!("`{key}` is missing: run `cargo xtask vendor`")))
        };
        Ok(Self {
            source: required("source")?,
            revision: string("revision"),
            sha256: required("sha256")?,
        })
    }
}
