//! Generates the Rust source of `clerk-sdk` from Clerk's OpenAPI document. This crate performs no I/O.
//!
//! A run passes through five stages, each a module with one entry function:
//!
//! 1. `document` parses the OpenAPI document and applies the overlays.
//! 2. `lower` turns it into the `model`, in which every name is final; `names` reads `names.toml`.
//! 3. `types` generates the Rust types with progenitor.
//! 4. `emit` writes a syntax tree for each module.
//! 5. `print` formats the trees as source files.
//!
//! Two modules belong to no stage: `vendor_facts` reduces an upstream document to its facts,
//! and `drift` compares two documents.

mod documents;
mod json_pointer;
mod problem;

// Stage 1.
mod document;

// Stage 2.
mod lower;
mod model;
mod names;
mod undocumented;

// Stage 3.
mod types;

// Stage 4.
mod emit;
mod source_revision;

// Stage 5.
mod print;

pub mod drift;
mod vendor_facts;

use std::collections::BTreeMap;

use names::{NameTable, Names, NamesByPointer};
use source_revision::SourceRevision;

pub use documents::{Documents, Source};
pub use emit::GENERATED_FOLDERS;
pub use problem::{Problem, Problems};
pub use vendor_facts::vendor_facts;

/// The generated files.
pub struct Output {
    /// File content by path from the workspace's root, with `/` as the separator.
    pub files: BTreeMap<String, String>,
    /// Statistics about the generated code.
    pub report: Report,
}

/// Statistics about the generated code.
pub struct Report {
    /// The number of operations, each with a method and a function.
    pub operations: usize,
    /// The number of structs and enums.
    pub types: usize,
    /// Items that the overlays do not document, such as `user::UpdateParams.locale`.
    pub undocumented: Vec<String>,
    /// Annotations of the overlays that do not fit a schema, and were not applied to it.
    pub notes: Vec<Problem>,
}

/// Generates every file of the SDK that is not written by hand.
///
/// # Errors
///
/// Returns every problem in the documents, each with its location.
pub fn generate(documents: &Documents) -> Result<Output, Problems> {
    let document = document::parse(&documents.api, &documents.overlays)?;
    let names = Names::complete(NameTable::parse(&documents.names)?);
    let (api, _) = lower::lower(&document, names)?;
    let revision = SourceRevision::parse(&documents.upstream)?;
    let types = types::rust_types(&api)?;
    let report = Report {
        operations: api.resources.iter().map(|it| it.operations.len()).sum(),
        types: api.types.len(),
        undocumented: undocumented::undocumented_items(&api),
        notes: api.notes.clone(),
    };
    let files = print::print(emit::emit(&api, &types, &revision))?;
    Ok(Output { files, report })
}

/// Updates `names.toml` for a document: names operations and types that have no entry by default
/// rules, lists the arguments that the document requires, and removes entries that it does not use.
///
/// Returns the content unchanged if it fits the document.
///
/// # Errors
///
/// Returns the problems that [`generate`] would return for the document with the updated table.
pub fn update_names(api: &Source, names: &Source, overlays: &[Source]) -> Result<String, Problems> {
    let document = document::parse(api, overlays)?;
    let names = Names::updating(NameTable::parse(names)?, NamesByPointer::new());
    let (_, names) = lower::lower(&document, names)?;
    Ok(names.text())
}
