//! Stage 4: writes the model as Rust syntax trees. Each resource has a file for its operations and a
//! file for its types.

mod client_methods;
mod conformance_calls;
mod constants_module;
mod doc_comments;
mod enums;
mod events;
mod field_types;
mod handle_module;
mod import_paths;
mod imports;
mod params_builder;
mod request_expression;
mod resource_module;
mod root_module;
mod structs;
mod syntax;
mod type_items;
mod types_modules;
mod unions;

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;

use crate::model::{Api, Namespace};
use crate::settings::SdkSettings;
use crate::source_revision::SourceRevision;
use crate::types::RustTypes;

pub(crate) use syntax::file;

/// Emits every generated file, by path from the workspace's root.
pub(crate) fn emit(
    api: &Api,
    types: &RustTypes,
    revision: &SourceRevision,
    sdk: &SdkSettings,
) -> BTreeMap<String, syn::File> {
    let in_folder = |folder: &str, files: BTreeMap<String, syn::File>| {
        let files = files.into_iter();
        files
            .map(|(path, file)| (format!("{folder}/{path}"), file))
            .collect::<Vec<_>>()
    };
    let modules = in_folder(&sdk.folder, emit_sdk(api, types, revision, sdk));
    let calls = conformance_calls::emit_calls(api);
    let calls = in_folder(&sdk.conformance_calls, calls);
    modules.into_iter().chain(calls).collect()
}

fn emit_sdk(
    api: &Api,
    types: &RustTypes,
    revision: &SourceRevision,
    sdk: &SdkSettings,
) -> BTreeMap<String, syn::File> {
    let modules = emit_modules(api, types, sdk).into_iter();
    let mut files: BTreeMap<_, _> = modules.map(|(path, it)| (path, file(it))).collect();
    let types_root = types_modules::emit_types_root(api, &types_modules(api), sdk);
    files.insert("types/mod.rs".to_owned(), file(types_root));
    let handle = handle_module::emit_handle(api, sdk);
    files.insert(format!("{}.rs", sdk.handle_module()), file(handle));
    let constants = constants_module::emit_constants(api, revision);
    files.insert("constants.rs".to_owned(), file(constants));
    let root = root_module::emit_root(api, sdk);
    files.insert("mod.rs".to_owned(), file(root));
    files
}

/// Emits the modules that depend on the resources of the API: their operations and their types, and the
/// events. They are not parsed yet, which takes longer than emitting them.
pub(crate) fn emit_modules(
    api: &Api,
    types: &RustTypes,
    sdk: &SdkSettings,
) -> BTreeMap<String, TokenStream> {
    let mut files = BTreeMap::new();
    for resource in &api.resources {
        let path = format!("{}.rs", resource.module);
        let tokens = resource_module::emit_resource(api, types, resource, sdk);
        files.insert(path, tokens);
    }
    for module in types_modules(api) {
        let path = format!("types/{module}.rs");
        let tokens = types_modules::emit_types(api, types, module);
        files.insert(path, tokens);
    }
    if let Some((module, _)) = &api.event_module
        && !api.events.is_empty()
    {
        files.insert(format!("{module}.rs"), events::emit_events(&api.events));
    }
    files
}

/// Returns the modules of `types`.
fn types_modules(api: &Api) -> BTreeSet<&str> {
    let modules = api.types.iter().filter_map(|ty| match &ty.namespace {
        Namespace::Types(module) => Some(module.as_str()),
        Namespace::Module(_) => None,
    });
    modules.collect()
}
