//! Stage 2: lowers the document to the model. All names are chosen here, and no later stage reads
//! the document.
//!
//! The methods that lower schemas call each other recursively, as schemas nest. They are methods of
//! one `LoweringContext`, a file for each kind of type.

mod annotations;
mod component_types;
mod constraint_docs;
mod context;
mod field_encodings;
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

use crate::document::Document;
use crate::model::{Api, TypeDef};
use crate::names::Names;
use crate::problem::Problems;
use context::LoweringContext;

/// Lowers a document to the model, with the names from `names.toml`.
pub(crate) fn lower(document: &Document, names: &mut Names) -> Result<Api, Problems> {
    let mut context = LoweringContext::new(document, names);
    let mut modules = operations::lower_operations(&mut context);
    context.check_shared_type_names();
    context.check_field_encodings();
    let LoweringContext {
        types,
        types_by_pointer,
        problems,
        ..
    } = context;
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
    };
    let mut problems = problems;
    problems.extend(request_modules::misplaced_types(&api));
    Problems::check(problems, api)
}
