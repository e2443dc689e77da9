//! The submodules of `types`: the types of responses, a file for each resource.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::doc_comments::inner_docs;
use super::imports::{emit_imports, referenced_types};
use super::syntax::ident;
use super::type_items::emit_type;
use crate::model::{Api, Namespace};
use crate::settings::SdkSettings;
use crate::types::RustTypes;

/// Emits the types of one resource.
pub(super) fn emit_types(api: &Api, types: &RustTypes, module: &str) -> TokenStream {
    let namespace = Namespace::Types(module.to_owned());
    let own = || {
        let types = api.types.iter().zip(types);
        types.filter(|(ty, _)| ty.namespace == namespace)
    };
    let defined: Vec<&str> = own().map(|(ty, _)| ty.name.as_str()).collect();
    let body: TokenStream = own()
        .map(|(ty, field_types)| emit_type(ty, field_types))
        .collect();
    let module_docs = inner_docs(&format!(
        "Types of the resource `{}`.",
        module.replace('_', " ")
    ));
    let used: BTreeSet<&str> = own().flat_map(|(ty, _)| referenced_types(ty)).collect();
    let imports = emit_imports(&body, &used, &defined, &[]);
    quote! { #module_docs #imports #body }
}

/// Emits `types/mod.rs`.
pub(super) fn emit_types_root(
    api: &Api,
    modules: &BTreeSet<&str>,
    sdk: &SdkSettings,
) -> TokenStream {
    let example = match sdk.types_example.trim() {
        "" => TokenStream::new(),
        example => inner_docs(&format!("```\n{example}\n```")),
    };
    let features: Vec<TokenStream> = modules.iter().map(|module| feature_of(api, module)).collect();
    let modules: Vec<Ident> = modules.iter().map(|module| ident(module)).collect();
    quote! {
        //! Every type in the API's responses. The module of each resource re-exports its own types.
        //!
        //! All of them deserialize from the API's JSON, and serialize to it.
        #example

        #(#features mod #modules;)*

        #(#features pub use #modules::*;)*
    }
}

/// Emits the condition of a module that requires a feature of the crate.
pub(super) fn feature_of(api: &Api, module: &str) -> TokenStream {
    match &api.event_module {
        Some((events, Some(feature))) if events == module => quote! { #[cfg(feature = #feature)] },
        _ => TokenStream::new(),
    }
}
