//! Doc comments, with the line breaks of the prose.

use proc_macro2::TokenStream;
use quote::quote;

/// Emits `///` lines.
pub(super) fn docs(text: &str) -> TokenStream {
    let lines = lines(text);
    quote! { #(#[doc = #lines])* }
}

/// Emits `//!` lines.
pub(super) fn inner_docs(text: &str) -> TokenStream {
    let lines = lines(text);
    quote! { #(#![doc = #lines])* }
}

fn lines(text: &str) -> impl Iterator<Item = String> {
    text.trim().lines().map(|line| match line {
        "" => String::new(),
        line => format!(" {line}"),
    })
}

/// Adds a note on deprecation to the documentation of a type or field.
pub(super) fn with_deprecation(text: String, deprecated: bool) -> String {
    if deprecated {
        text.trim().to_owned() + "\n\nDeprecated: the API may remove it."
    } else {
        text
    }
}
