//! Stage 2: lowers the document to the model. All names are chosen here, and no later stage reads
//! the document.
//!
//! The methods that lower schemas call each other recursively, as schemas nest. They are methods of
//! one `LoweringContext`, a file for each kind of type.

mod annotations;
mod component_types;
mod constraint_docs;
mod context;
mod object_types;
mod openapi_operations;
mod operation_docs;
mod operation_names;
mod operations;
mod pagination;
mod path_params;
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

use crate::document::Document;
use crate::model::{Api, TypeDef};
use crate::names::{CompletedNames, Finished, Names};
use crate::problem::{Problem, Problems};
use context::LoweringContext;

/// Lowers a document to the model, with the names from `names.toml`.
///
/// # Errors
///
/// Returns every problem of the document and its names.
pub(crate) fn lower(
    document: &Document,
    mut names: Names,
) -> Result<(Api, CompletedNames), Problems> {
    loop {
        let (api, used_names, problems) = lower_with(document, names);
        match used_names.finish(problems)? {
            Finished::Complete(names) => return Ok((api, names)),
            Finished::Repeat(others) => names = others,
        }
    }
}

fn lower_with(document: &Document, names: Names) -> (Api, Names, Vec<Problem>) {
    let mut context = LoweringContext::new(document, names);
    let mut modules = operations::lower_operations(&mut context);
    context.check_shared_type_names();
    let LoweringContext {
        types,
        types_by_pointer,
        names,
        problems,
        mut notes,
        ..
    } = context;
    notes.sort();
    notes.dedup();
    path_params::reserve_values(&mut modules);

    let mut types: Vec<TypeDef> = types.into_values().collect();
    union_types::document_members(&mut types);
    shared_members::find_shared_members(&mut types);
    let server = document.openapi.servers.first();
    let api = Api {
        version: document.openapi.info.version.clone(),
        server: server.map(|server| server.url.clone()).unwrap_or_default(),
        path: document.path.clone(),
        resources: resources::resources(document, modules, &types),
        types,
        types_by_pointer,
        notes,
    };
    (api, names, problems)
}
