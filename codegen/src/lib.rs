//! Clerk's API document in, the Rust source of `clerk-sdk` out. Nothing here touches a file.
//!
//! The stages, one function each: `document` parses and corrects, `lower` decides every name and
//! makes the model, `schema` has progenitor make Rust types of it, `emit` writes modules, `print`
//! formats them.

mod docs;
mod document;
pub mod drift;
mod emit;
pub mod facts;
mod lower;
mod model;
mod names;
mod origin;
mod overlay;
mod print;
mod problem;
mod schema;
mod union;

use std::collections::BTreeMap;

pub use problem::{Problem, Problems};

/// What the generator reads.
pub struct Documents {
    /// The facts of the API: `spec/backend-api.json`.
    pub api: Source,
    /// Every public name: `spec/names.toml`.
    pub names: Source,
    /// Corrections and prose, applied in order.
    pub overlays: Vec<Source>,
    /// Where the facts come from: `spec/upstream.toml`.
    pub upstream: Source,
}

/// A text and the path that errors name it by.
#[derive(Clone)]
pub struct Source {
    /// The path as a person would type it, such as `spec/names.toml`.
    pub path: String,
    /// The whole text.
    pub text: String,
}

/// The folders, from the workspace's root, that hold generated files and nothing else.
pub const FOLDERS: [&str; 2] = [emit::SDK, emit::CALLS];

/// What the generator writes.
pub struct Output {
    /// Path from the workspace's root, with `/`, to content.
    pub files: BTreeMap<String, String>,
    /// What was written, in numbers.
    pub report: Report,
}

/// What was written, in numbers.
pub struct Report {
    /// Operations with a method and a function.
    pub operations: usize,
    /// Structs and enums.
    pub types: usize,
    /// Items that have no prose of ours, as `user::UpdateParams.locale`.
    pub undocumented: Vec<String>,
}

/// Makes every generated file.
///
/// # Errors
///
/// Everything that is wrong with the documents, each with its place.
pub fn generate(documents: &Documents) -> Result<Output, Problems> {
    let document = document::parse(&documents.api, &documents.overlays)?;
    let mut names = names::Names::parse(&documents.names)?;
    let api = lower::lower(&document, &mut names)?;
    names.finish()?;
    let origin = origin::parse(&documents.upstream)?;
    let types = schema::rust_types(&api)?;
    let report = Report {
        operations: api.resources.iter().map(|it| it.operations.len()).sum(),
        types: api.types.len(),
        undocumented: docs::undocumented(&api),
    };
    let files = print::print(emit::emit(&api, &types, &origin))?;
    Ok(Output { files, report })
}

/// Gives `names.toml` a line for everything that has none, chosen by rule; a person may edit it.
///
/// The text comes back unchanged where nothing is new.
///
/// # Errors
///
/// As [`generate`], except for missing names.
pub fn complete_names(
    api: &Source,
    names: &Source,
    overlays: &[Source],
) -> Result<String, Problems> {
    let document = document::parse(api, overlays)?;
    let mut table = names::Names::completing(names)?;
    lower::lower(&document, &mut table)?;
    Ok(table.completed())
}

/// The actions of an overlay, by their place in its list, that match nothing in a document.
///
/// # Errors
///
/// Where `api` is not JSON.
pub fn stale_actions(api: &Source, overlay: &Source) -> Result<Vec<usize>, Problems> {
    let mut value = serde_json::from_str(&api.text)
        .map_err(|error| Problem::new(&api.path, "", format!("this is not JSON: {error}")))?;
    let stale = overlay::apply(&mut value, std::slice::from_ref(overlay));
    let index = |problem: &Problem| problem.pointer.strip_prefix("/actions/")?.parse().ok();
    Ok(stale.iter().filter_map(index).collect())
}
