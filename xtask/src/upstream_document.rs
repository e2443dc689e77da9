//! An upstream document: fetched, parsed, and reduced to its facts.

use anyhow::{Context, Result};
use codegen::{Problem, Problems, Root, Source};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::fetch::fetch;

/// The facts of an upstream document.
pub(crate) struct UpstreamDocument {
    /// The facts in the form in which they are stored in `spec/`.
    pub(crate) facts: String,
    /// The version of the API.
    pub(crate) version: String,
    /// The SHA-256 digest of the document as published, in hexadecimal.
    pub(crate) sha256: String,
}

impl UpstreamDocument {
    /// Reads the document at a path or a URL. It must have the parts that code is generated for.
    pub(crate) fn read(location: &str, roots: &[Root]) -> Result<Self> {
        let bytes = fetch(location)?;
        let document = parse(&bytes).map_err(|message| {
            Problems(vec![Problem {
                file: location.to_owned(),
                pointer: String::new(),
                message,
            }])
        })?;
        let facts = codegen::vendor_facts(document, roots, location)?;
        let version = facts["info"]["version"].as_str().unwrap_or_default();
        Ok(Self {
            version: version.to_owned(),
            facts: serde_json::to_string_pretty(&facts).context("the facts are not valid JSON")?
                + "\n",
            sha256: hex_digest(&bytes),
        })
    }

    /// Returns the facts as a source that errors refer to by `path`.
    pub(crate) fn source(&self, path: &str) -> Source {
        Source {
            path: path.to_owned(),
            text: self.facts.clone(),
        }
    }
}

/// Parses YAML or JSON. The error is a message on one line.
fn parse(bytes: &[u8]) -> Result<Value, String> {
    let text = std::str::from_utf8(bytes).map_err(|error| format!("this is not UTF-8: {error}"))?;
    match text.trim_start().chars().next() {
        None => Err("this document is empty".to_owned()),
        Some('<') => Err("this is a web page, not an OpenAPI document: check the URL".to_owned()),
        Some('{') => codegen::parse_json(text),
        Some(_) => codegen::parse_yaml(text),
    }
}

fn hex_digest(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
