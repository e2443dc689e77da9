//! The Rust types that progenitor generated, with simplified paths.

use std::collections::BTreeMap;

use proc_macro2::Span;
use syn::Ident;

use crate::model::Field;

/// The generated types, in the order of the model.
pub(crate) type RustTypes = Vec<RustType>;

/// The part of a type that progenitor generated.
pub(crate) enum RustType {
    /// Each field's type, by wire name.
    Fields(BTreeMap<String, syn::Type>),
    /// Nothing: progenitor cannot keep an enum or a union open, so the emit stage writes them itself.
    Enum,
}

impl RustType {
    /// Returns the identifier and the type of a field.
    pub(crate) fn field(&self, field: &Field) -> (Ident, &syn::Type) {
        match self {
            Self::Fields(types) => {
                let ty = types
                    .get(&field.wire)
                    .expect("progenitor keeps every field");
                (Ident::new(&field.ident, Span::call_site()), ty)
            }
            _ => unreachable!("only objects have fields"),
        }
    }
}
