//! Dispatches the definition of a type to the emitter of its shape.

use proc_macro2::{Ident, TokenStream};

use super::enums::emit_enum;
use super::structs::emit_struct;
use super::unions::emit_union;
use crate::model::{Shape, TypeDef};
use crate::types::RustType;

/// Emits a struct, an open enum or a union.
pub(super) fn emit_type(ty: &TypeDef, rust_type: &RustType) -> TokenStream {
    match (&ty.shape, rust_type) {
        (Shape::Object(object), rust_type) => emit_struct(ty, object, rust_type),
        (Shape::Strings(values), RustType::Variants(variants)) => {
            let values = values.iter();
            let variants: Vec<(&str, &Ident)> = values
                .map(|value| {
                    let variant = variants.get(value).expect("progenitor keeps every value");
                    (value.as_str(), variant)
                })
                .collect();
            emit_enum(ty, &variants)
        }
        (Shape::Union(members), _) => emit_union(ty, members),
        (Shape::Strings(_), _) => unreachable!("progenitor generates enums for strings"),
    }
}
