//! The revision of the document with the operations, read from `upstream.toml`.

use toml_edit::DocumentMut;

use crate::inputs::DocumentInput;
use crate::problem::{Problem, Problems};
use crate::source::Source;

/// The contents of `upstream.toml` that the generated documentation states.
pub(crate) struct SourceRevision {
    /// The URL or path that the document was read from.
    pub(crate) source: String,
    /// The revision in the upstream repository, if known.
    pub(crate) revision: Option<String>,
    pub(crate) sha256: String,
}

impl SourceRevision {
    /// Parses the record of the first document, which has the operations.
    pub(crate) fn parse(source: &Source, documents: &[DocumentInput]) -> Result<Self, Problems> {
        let problem = |message: String| Problem::new(&source.path, "", message);
        let table: DocumentMut = source
            .text
            .parse()
            .map_err(|error| problem(format!("this is not TOML: {error}")))?;
        let document = documents.first().map_or("", |it| &it.settings.name);
        let string = |key: &str| {
            let value = table.get(document)?.get(key)?.as_str();
            value.map(str::to_owned)
        };
        let required = |key: &str| {
            string(key).ok_or_else(|| {
                problem(format!(
                    "`{document}.{key}` is missing: run `cargo xtask vendor`"
                ))
            })
        };
        Ok(Self {
            source: required("source")?,
            revision: string("revision"),
            sha256: required("sha256")?,
        })
    }
}
