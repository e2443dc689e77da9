//! Where the facts come from, as the crate's documentation says it.

use toml_edit::DocumentMut;

use crate::{Problem, Problems, Source};

/// What `upstream.toml` says.
pub(crate) struct Origin {
    pub(crate) source: String,
    pub(crate) revision: Option<String>,
    pub(crate) sha256: String,
}

pub(crate) fn parse(source: &Source) -> Result<Origin, Problems> {
    let wrong = |message: String| Problem::new(&source.path, "", message);
    let table: DocumentMut = source
        .text
        .parse()
        .map_err(|error| wrong(format!("this is not TOML: {error}")))?;
    let text = |key: &str| {
        let text = table.get(key).and_then(|it| it.as_str());
        text.map(str::to_owned)
    };
    let required = |key: &str| {
        text(key).ok_or_else(|| wrong(format!("`{key}` is missing: run `cargo xtask vendor`")))
    };
    Ok(Origin {
        source: required("source")?,
        revision: text("revision"),
        sha256: required("sha256")?,
    })
}
