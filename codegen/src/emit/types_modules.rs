//! The modules of `clerk_sdk::types`: the types of responses, a file for each resource.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::doc_comments::inner_docs;
use super::imports::{emit_imports, referenced_types};
use super::syntax::ident;
use super::type_items::emit_type;
use crate::model::{Api, Namespace};
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
        .map(|(ty, rust_type)| emit_type(ty, rust_type))
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
pub(super) fn emit_types_root(modules: &BTreeSet<&str>) -> TokenStream {
    let modules: Vec<Ident> = modules.iter().map(|module| ident(module)).collect();
    quote! {
        //! Every type in the API's responses. The module of each resource re-exports its own types.
        //!
        //! All of them deserialize from the API's JSON, and serialize to it:
        //!
        //! ```
        //! use clerk_sdk::types::{User, VerificationStatus};
        //!
        //! let user: User = serde_json::from_str(r#"{"id":"user_1","first_name":"Ada"}"#)?;
        //! assert_eq!(user.first_name.as_deref(), Some("Ada"));
        //!
        //! // A value that this version of the crate does not know is kept.
        //! let status = VerificationStatus::from("half_done");
        //! assert_eq!(status.as_str(), "half_done");
        //! # Ok::<(), serde_json::Error>(())
        //! ```

        #(mod #modules;)*

        #(pub use #modules::*;)*
    }
}
