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

use std::collections::{BTreeMap, BTreeSet};

use names::Names;
use source_revision::SourceRevision;

pub use document::{parse_json, parse_yaml};
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
}

/// Generates every file of the SDK that is not written by hand.
///
/// # Errors
///
/// Returns every problem in the documents, each with its location.
pub fn generate(documents: &Documents) -> Result<Output, Problems> {
    let document = document::parse(&documents.api, &documents.overlays)?;
    let mut names = Names::parse(&documents.names)?;
    let api = lower::lower(&document, &mut names)?;
    names.finish()?;
    let revision = SourceRevision::parse(&documents.upstream)?;
    let types = types::rust_types(&api)?;
    let report = Report {
        operations: api.resources.iter().map(|it| it.operations.len()).sum(),
        types: api.types.len(),
        undocumented: undocumented::undocumented_items(&api),
    };
    let files = print::print(emit::emit(&api, &types, &revision))?;
    Ok(Output { files, report })
}

/// Adds an entry to `names.toml` for each operation and type that has none, named by default rules.
///
/// Returns the content unchanged if nothing is missing.
///
/// # Errors
///
/// Returns the same problems as [`generate`], except for missing names.
pub fn complete_names(
    api: &Source,
    names: &Source,
    overlays: &[Source],
) -> Result<String, Problems> {
    let document = document::parse(api, overlays)?;
    let mut names = Names::completing(names)?;
    lower::lower(&document, &mut names)?;
    Ok(names.completed())
}

/// Returns the indices of the actions of an overlay that match nothing in a document, or add a
/// property that it has.
///
/// # Errors
///
/// Returns a problem if `api` is not JSON.
pub fn stale_actions(api: &Source, overlay: &Source) -> Result<Vec<usize>, Problems> {
    let mut value =
        document::parse_json(&api.text).map_err(|message| Problem::new(&api.path, "", message))?;
    let applied = document::apply_overlays(&mut value, std::slice::from_ref(overlay))?;
    let index = |problem: &Problem| {
        let pointer = problem.pointer.strip_prefix("/actions/")?;
        pointer.split('/').next()?.parse().ok()
    };
    let indices: BTreeSet<usize> = applied.stale.iter().filter_map(index).collect();
    Ok(indices.into_iter().collect())
}
