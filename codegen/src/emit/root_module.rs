//! `generated/mod.rs`: the list of modules.

use proc_macro2::TokenStream;
use quote::quote;

use super::syntax::ident;
use super::types_modules::feature_of;
use crate::model::Api;
use crate::settings::SdkSettings;

pub(super) fn emit_root(api: &Api, sdk: &SdkSettings) -> TokenStream {
    let (handle, handle_module) = (ident(&sdk.api), ident(&sdk.handle_module()));
    let modules = api.resources.iter().map(|resource| ident(&resource.module));
    // The SDK has a public module of this name, which exports its items.
    let events = api.event_module.iter().filter(|_| !api.events.is_empty());
    let events = events.map(|(module, _)| {
        let (feature, module) = (feature_of(api, module), ident(module));
        quote! { #feature pub(crate) mod #module; }
    });
    quote! {
        //! The modules that `cargo xtask regen` generates from OpenAPI documents.

        mod #handle_module;
        mod constants;
        #(#events)*
        #(pub mod #modules;)*
        pub mod types;

        pub use #handle_module::#handle;
        pub use constants::{API_VERSION, DEFAULT_BASE_URL, SPEC_REVISION};
    }
}
