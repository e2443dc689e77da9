//! Identifiers and files of Rust syntax.

use proc_macro2::{Ident, Span, TokenStream};

pub(super) fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

pub(crate) fn file(tokens: TokenStream) -> syn::File {
    syn::parse2(tokens).expect("the templates are valid Rust")
}
