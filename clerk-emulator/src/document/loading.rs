//! Reading a document that is given at the start, which may be newer than the one that is part of this crate.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use super::api_document::ApiDocument;
use super::mistakes::find_mistake;

/// What is wrong with an OpenAPI document.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DocumentError {
    file: Option<String>,
    message: String,
}

impl DocumentError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            file: None,
            message: message.into(),
        }
    }

    /// Names the file that the document is.
    pub(crate) fn in_file(mut self, name: &str) -> Self {
        self.file = Some(name.to_owned());
        self
    }
}

impl fmt::Display for DocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{file}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl Error for DocumentError {}

/// The documents that have been read. They are never freed, so each of them is read once.
static LOADED: Mutex<BTreeMap<String, &'static ApiDocument>> = Mutex::new(BTreeMap::new());

/// Reads a document in JSON or, with the feature `seeds`, in YAML.
pub(crate) fn load(text: &str) -> Result<&'static ApiDocument, DocumentError> {
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = loaded.get(text) {
        return Ok(known);
    }
    let json = parse(text)?;
    if let Some(mistake) = find_mistake(&json) {
        return Err(DocumentError::new(mistake));
    }
    let document = ApiDocument::new(json);
    document.prepare().map_err(DocumentError::new)?;
    let document: &'static ApiDocument = Box::leak(Box::new(document));
    loaded.insert(text.to_owned(), document);
    Ok(document)
}

fn parse(text: &str) -> Result<Value, DocumentError> {
    if !cfg!(feature = "seeds") || text.trim_start().starts_with('{') {
        let json = serde_json::from_str(text);
        return json.map_err(|error| DocumentError::new(format!("it is not JSON: {error}")));
    }
    parse_yaml(text)
}

#[cfg(feature = "seeds")]
fn parse_yaml(text: &str) -> Result<Value, DocumentError> {
    /// Far more than any document of an API has, so that a file of a few kilobytes cannot exhaust memory.
    const MAX_NODES: usize = 5_000_000;
    let options = serde_saphyr::options! {
        with_snippet: false,
        budget: serde_saphyr::budget! {
            max_nodes: MAX_NODES,
            max_events: 2 * MAX_NODES,
        },
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let message = format!("it is not YAML: {}", error.without_snippet());
        DocumentError::new(message)
    })
}

#[cfg(not(feature = "seeds"))]
fn parse_yaml(_: &str) -> Result<Value, DocumentError> {
    Err(DocumentError::new("it is not JSON"))
}
