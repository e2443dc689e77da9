//! Stage 2: lowers the documents to the model. All names are chosen here, and no later stage reads
//! the documents.
//!
//! The methods that lower schemas call each other recursively, as schemas nest. They are methods of
//! one `LoweringContext`, a file for each kind of type.

mod annotations;
mod component_types;
mod constraint_docs;
mod context;
mod events;
mod field_encodings;
mod merge_types;
mod object_types;
mod openapi_operations;
mod operation_docs;
mod operation_names;
mod operations;
mod pagination;
mod path_params;
mod request_modules;
mod request_params;
mod resources;
mod response_types;
mod schema_form;
mod schema_location;
mod schema_types;
mod shared_members;
mod type_definitions;
mod union_discriminator;
mod union_types;

use std::collections::BTreeMap;

use crate::document::Document;
use crate::model::{Api, Event, Operation, Role, TypesByPointer};
use crate::names::{CompletedNames, Finished, Names};
use crate::problem::{Problem, Problems};
use crate::settings::Root;
use context::LoweringContext;
use merge_types::{MergedTypes, TypeKeys, Types};

/// Lowers the documents to the model, with the names from `names.toml`.
///
/// # Errors
///
/// Returns every problem of the documents and their names.
pub(crate) fn lower(
    documents: &[Document],
    mut names: Names,
) -> Result<(Api, CompletedNames), Problems> {
    loop {
        let (api, problems) = lower_with(documents, &mut names)?;
        match names.finish(problems)? {
            Finished::Complete(names) => return Ok((api, names)),
            Finished::Repeat(others) => names = others,
        }
    }
}

fn lower_with(documents: &[Document], names: &mut Names) -> Result<(Api, Vec<Problem>), Problems> {
    let (mut problems, mut notes) = (Vec::new(), Vec::new());
    let mut merged = MergedTypes::default();
    let mut types_by_pointer = Vec::new();
    let (mut modules, mut events) = (BTreeMap::new(), Vec::new());
    for document in documents {
        let lowered = lower_document(document, names);
        modules.extend(lowered.modules);
        events.extend(lowered.events);
        types_by_pointer.push(lowered.types_by_pointer);
        problems.extend(lowered.problems);
        notes.extend(lowered.notes);
        merged.add(lowered.types, lowered.type_keys, names, &mut problems);
    }
    merged.check_names(names);
    events::check_variants(&events, names);
    notes.sort();
    notes.dedup();
    // The settings ensure that it is the one with the operations.
    let first = documents.first().ok_or_else(no_documents)?;
    let server = first.openapi.servers.first();
    path_params::reserve_values(&mut modules);
    let (mut types, shared_types) = merged.into_types();
    union_types::document_members(&mut types);
    shared_members::find_shared_members(&mut types);
    let api = Api {
        resources: resources::resources(first, modules, &types),
        version: first.openapi.info.version.clone(),
        server: server.map(|server| server.url.clone()).unwrap_or_default(),
        event_module: event_module(documents),
        events,
        types,
        types_by_pointer,
        shared_types,
        notes,
    };
    problems.extend(request_modules::misplaced_types(&api));
    Ok((api, problems))
}

/// What one document describes.
struct LoweredDocument {
    modules: BTreeMap<String, Vec<Operation>>,
    events: Vec<Event>,
    types: Types,
    type_keys: TypeKeys,
    types_by_pointer: TypesByPointer,
    problems: Vec<Problem>,
    notes: Vec<Problem>,
}

fn lower_document(document: &Document, names: &mut Names) -> LoweredDocument {
    names.begin_document(&document.settings.name);
    let mut context = LoweringContext::new(document, names);
    let (mut modules, mut events) = (BTreeMap::new(), Vec::new());
    for root in &document.settings.roots {
        let module = document.settings.module.as_deref();
        module.unwrap_or_default().clone_into(&mut context.module);
        match root {
            Root::Operations => modules.extend(operations::lower_operations(&mut context)),
            Root::Events(extension) => events.extend(events::lower_events(&mut context, extension)),
            Root::Schema(name) => {
                let reference = format!("#/components/schemas/{name}");
                context.component_type(&reference, Role::Response);
            }
        }
    }
    context.check_field_encodings();
    LoweredDocument {
        modules,
        events,
        types: context.types,
        type_keys: context.type_keys,
        types_by_pointer: context.types_by_pointer,
        problems: context.problems,
        notes: context.notes,
    }
}

/// Returns the module of the types that only events need, with the feature that it requires.
fn event_module(documents: &[Document]) -> Option<(String, Option<String>)> {
    let mut settings = documents.iter().map(|it| &it.settings);
    settings.find_map(|it| Some((it.module.clone()?, it.feature.clone())))
}

fn no_documents() -> Problem {
    Problem::new("", "", "there is no document")
}
