//! Open enums: a variant for each known value, and one that keeps an unknown value.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::doc_comments::docs;
use super::syntax::ident;
use crate::model::TypeDef;
use crate::names::variant_name;

pub(super) fn emit_enum(ty: &TypeDef, values: &[String]) -> TokenStream {
    let name = ident(&ty.name);
    let known: Vec<String> = values.iter().map(|value| variant_name(value)).collect();
    let unknown = unknown_variant(known.iter().map(String::as_str));
    let variants = || values.iter().zip(known.iter().map(|name| ident(name)));
    let about = docs(
        ty.docs
            .as_deref()
            .unwrap_or("One of a set of values that the API may extend."),
    );
    let lines = variants().map(|(wire, ident)| {
        let about = docs(&match ty.value_docs.get(wire) {
            Some(prose) => format!("`{wire}`: {prose}"),
            None => format!("`{wire}`"),
        });
        quote! { #about #ident }
    });
    let entries = variants().map(|(wire, ident)| quote! { #ident = #wire });
    let sort_field = ty.is_sort_field.then(|| quote! { sort_field!(#name); });
    quote! {
        #about
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub enum #name {
            #(#lines,)*
            /// A value that this version of the crate does not know, unchanged. Do not match on its string, because
            /// it gets a variant of its own in a later release: compare [`as_str()`](Self::as_str) instead.
            #unknown(UnknownValue),
        }
        open_enum!(#name else #unknown { #(#entries),* });
        #sort_field
    }
}

/// Returns the name of the variant for unknown values, which must differ from the known variants.
pub(super) fn unknown_variant<'v>(known: impl Iterator<Item = &'v str>) -> Ident {
    let known: BTreeSet<&str> = known.collect();
    let names = ["Unknown", "Unrecognized", "UnknownValue"];
    let names = names.map(str::to_owned).into_iter();
    let mut names = names.chain((2..).map(|number| format!("Unknown{number}")));
    let free = names.find(|name| !known.contains(&**name));
    format_ident!("{}", free.expect("the names do not end"))
}
