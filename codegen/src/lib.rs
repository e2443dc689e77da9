//! Generates the Rust source of an SDK from OpenAPI documents. This crate performs no I/O.
//!
//! A run passes through five stages, each a module with one entry function:
//!
//! 1. `document` parses the OpenAPI document and applies the overlays.
//! 2. `lower` turns it into the `model`, in which every name is final; `names` reads `names.toml`.
//! 3. `types` generates the Rust types with progenitor.
//! 4. `emit` writes a syntax tree for each module.
//! 5. `print` formats the trees as source files.
//!
//! These modules belong to no stage: `vendor_facts` reduces an upstream document to its facts after
//! `upstream_problems` has checked it, and `drift` compares two documents.

mod inputs;
mod json_pointer;
mod problem;
mod settings;
mod source;

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
mod upstream_problems;
mod vendor_facts;

use std::collections::BTreeMap;

use model::SharedType;
use names::{NameTable, Names};
use source_revision::SourceRevision;

pub use document::{parse_json, parse_yaml};
pub use inputs::{DocumentInput, Inputs};
pub use problem::{Problem, Problems};
pub use settings::{DocumentSettings, Root, SdkSettings, Settings};
pub use source::Source;
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
    /// The number of kinds of events.
    pub events: usize,
    /// The types that several documents describe.
    pub shared_types: Vec<SharedTypeReport>,
}

/// A type that several documents describe.
pub struct SharedTypeReport {
    /// The name of the type.
    pub name: String,
    /// Whether the documents describe it differently. The type is then as lenient as the more lenient one.
    pub differs: bool,
}

/// Generates every file of the SDK that is not written by hand.
///
/// # Errors
///
/// Returns every problem in the inputs, each with its location.
pub fn generate(inputs: &Inputs) -> Result<Output, Problems> {
    let documents = document::parse(inputs)?;
    let names = Names::complete(NameTable::parse(&inputs.names)?);
    let (mut api, _) = lower::lower(&documents, names)?;
    let revision = SourceRevision::parse(&inputs.upstream, &inputs.documents)?;
    let shared_types = std::mem::take(&mut api.shared_types).into_iter();
    let types = types::rust_types(&api)?;
    let report = Report {
        operations: api.resources.iter().map(|it| it.operations.len()).sum(),
        events: api.events.len(),
        types: api.types.len(),
        undocumented: undocumented::undocumented_items(&api, &inputs.sdk.common_errors),
        notes: api.notes.clone(),
        shared_types: shared_types
            .map(|SharedType { name, differs }| SharedTypeReport { name, differs })
            .collect(),
    };
    let files = print::print(emit::emit(&api, &types, &revision, &inputs.sdk));
    Ok(Output { files, report })
}

/// Completes `names.toml`: names operations and types that have no entry by default rules. The entries
/// that it has are kept.
///
/// Returns the content unchanged if it is complete.
///
/// # Errors
///
/// Returns the problems that [`generate`] would return with the updated table.
pub fn complete_names(inputs: &Inputs) -> Result<String, Problems> {
    let documents = document::parse(inputs)?;
    let names = Names::completing(NameTable::parse(&inputs.names)?);
    let (_, names) = lower::lower(&documents, names)?;
    Ok(names.text())
}
