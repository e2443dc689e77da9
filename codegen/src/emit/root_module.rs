//! `generated/mod.rs`: the list of modules.

use proc_macro2::TokenStream;
use quote::quote;

use super::syntax::ident;
use crate::model::Api;

pub(super) fn emit_root(api: &Api) -> TokenStream {
    let modules = api.resources.iter().map(|resource| ident(&resource.module));
    quote! {
        //! The modules that `cargo xtask regen` generates from Clerk's OpenAPI document.

        mod clerk;
        mod constants;
        #(pub mod #modules;)*
        pub mod types;

        pub use clerk::Clerk;
        pub use constants::{API_VERSION, DEFAULT_BASE_URL, SPEC_REVISION};
    }
}
