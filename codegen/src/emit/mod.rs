//! Stage 4: writes the model as Rust syntax trees. Each resource has a file for its operations and a
//! file for its types.

mod clerk_handle;
mod client_methods;
mod conformance_calls;
mod constants_module;
mod doc_comments;
mod enums;
mod field_types;
mod import_paths;
mod imports;
mod output_folders;
mod params_builder;
mod request_expression;
mod resource_module;
mod root_module;
mod structs;
mod syntax;
mod type_items;
mod types_modules;
mod unions;

pub use output_folders::GENERATED_FOLDERS;

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Api, Namespace};
use crate::source_revision::SourceRevision;
use crate::types::RustTypes;
use output_folders::{CONFORMANCE_CALLS, SDK};
use syntax::file;

/// Emits every generated file, by path from the workspace's root.
pub(crate) fn emit(
    api: &Api,
    types: &RustTypes,
    revision: &SourceRevision,
) -> BTreeMap<String, syn::File> {
    let in_folder = |folder: &'static str, files: BTreeMap<String, syn::File>| {
        let files = files.into_iter();
        files.map(move |(path, file)| (format!("{folder}/{path}"), file))
    };
    let sdk = in_folder(SDK, emit_sdk(api, types, revision));
    let calls = in_folder(CONFORMANCE_CALLS, conformance_calls::emit_calls(api));
    sdk.chain(calls).collect()
}

fn emit_sdk(
    api: &Api,
    types: &RustTypes,
    revision: &SourceRevision,
) -> BTreeMap<String, syn::File> {
    let mut files = emit_modules(api, types);
    let types_root = types_modules::emit_types_root(&types_modules(api));
    files.insert("types/mod.rs".to_owned(), file(types_root));
    let handle = clerk_handle::emit_clerk_handle(api);
    files.insert("clerk.rs".to_owned(), file(handle));
    let constants = constants_module::emit_constants(api, revision);
    files.insert("constants.rs".to_owned(), file(constants));
    let root = root_module::emit_root(api);
    files.insert("mod.rs".to_owned(), file(root));
    files
}

/// Emits the modules that depend on the resources of the API: their operations and their types.
pub(crate) fn emit_modules(api: &Api, types: &RustTypes) -> BTreeMap<String, syn::File> {
    let mut files = BTreeMap::new();
    for resource in &api.resources {
        let path = format!("{}.rs", resource.module);
        let tokens = resource_module::emit_resource(api, types, resource);
        files.insert(path, file(tokens));
    }
    for module in types_modules(api) {
        let path = format!("types/{module}.rs");
        let tokens = types_modules::emit_types(api, types, module);
        files.insert(path, file(tokens));
    }
    files
}

/// Returns the modules of `clerk_sdk::types`.
fn types_modules(api: &Api) -> BTreeSet<&str> {
    let modules = api.types.iter().filter_map(|ty| match &ty.namespace {
        Namespace::Types(module) => Some(module.as_str()),
        Namespace::Module(_) => None,
    });
    modules.collect()
}
