//! An upstream document: read, understood, and reduced to its facts.

use anyhow::{Context, Result};
use codegen::{Problem, Problems, Source};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::fetch::fetch;

/// The facts of a document that was read.
pub(crate) struct Upstream {
    /// The facts, as `spec/` keeps them.
    pub(crate) text: String,
    /// The version of the API.
    pub(crate) version: String,
    /// The SHA-256 of the document as it came.
    pub(crate) sha256: String,
}

/// Reads the document at a path or a URL.
pub(crate) fn read(from: &str) -> Result<Upstream> {
    let bytes = fetch(from)?;
    let document = parse(&bytes, from)?;
    let facts = codegen::vendor_facts(document, from)?;
    let version = facts["info"]["version"].as_str().unwrap_or_default();
    Ok(Upstream {
        version: version.to_owned(),
        text: serde_json::to_string_pretty(&facts).context("facts are JSON")? + "\n",
        sha256: hex_digest(&bytes),
    })
}

impl Upstream {
    /// The facts under the name that errors have for them.
    pub(crate) fn source(&self, path: &str) -> Source {
        Source {
            path: path.to_owned(),
            text: self.text.clone(),
        }
    }
}

fn parse(bytes: &[u8], from: &str) -> Result<Value, Problems> {
    let wrong = |message: String| {
        Problems(vec![Problem {
            file: from.to_owned(),
            pointer: String::new(),
            message,
        }])
    };
    let text =
        std::str::from_utf8(bytes).map_err(|error| wrong(format!("this is not text: {error}")))?;
    if text.trim().is_empty() {
        return Err(wrong("this is empty".to_owned()));
    }
    if text.trim_start().starts_with('<') {
        return Err(wrong(
            "this is a web page, not a document: mend the address".to_owned(),
        ));
    }
    if text.trim_start().starts_with('{') {
        return serde_json::from_str(text)
            .map_err(|error| wrong(format!("this is not JSON: {error}")));
    }
    serde_saphyr::from_str(text).map_err(|error| {
        // The rest of the message draws the place; one line says it.
        let error = error.to_string();
        let first = error.lines().next().unwrap_or_default();
        wrong(format!("this is not YAML, or it is cut off: {first}"))
    })
}

fn hex_digest(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
