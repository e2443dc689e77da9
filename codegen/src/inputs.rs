//! The input files: the content of each with the path that errors report.

use crate::settings::{DocumentSettings, SdkSettings};
use crate::source::Source;

/// Everything that the generator reads.
#[derive(Clone)]
pub struct Inputs {
    /// The settings of the generated code.
    pub sdk: SdkSettings,
    /// The documents, in the order of the settings.
    pub documents: Vec<DocumentInput>,
    /// Every public name: `spec/names.toml`.
    pub names: Source,
    /// Corrections and documentation of all documents, applied in order: `spec/overlay/*.yaml`.
    pub overlays: Vec<Source>,
    /// Where each document comes from: `spec/upstream.toml`.
    pub upstream: Source,
}

impl Inputs {
    /// Returns the inputs with other content in the place of a document.
    #[must_use]
    pub fn with_document(&self, name: &str, facts: &Source) -> Self {
        let mut inputs = self.clone();
        for document in &mut inputs.documents {
            if document.settings.name == name {
                document.facts = facts.clone();
            }
        }
        inputs
    }

    /// Returns the index of the document of this name.
    pub(crate) fn index(&self, name: &str) -> Option<usize> {
        self.documents
            .iter()
            .position(|it| it.settings.name == name)
    }
}

/// A document, reduced to its facts.
#[derive(Clone)]
pub struct DocumentInput {
    /// What is generated from it.
    pub settings: DocumentSettings,
    /// The facts: `spec/backend-api.json`.
    pub facts: Source,
}
