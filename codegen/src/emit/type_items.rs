//! Dispatches the definition of a type to the emitter of its shape.

use proc_macro2::TokenStream;

use super::enums::emit_enum;
use super::structs::emit_struct;
use super::unions::emit_union;
use crate::model::{Shape, TypeDef};
use crate::types::RustType;

/// Emits a struct, an open enum or a union.
pub(super) fn emit_type(ty: &TypeDef, rust_type: &RustType) -> TokenStream {
    match (&ty.shape, rust_type) {
        (Shape::Object(object), rust_type) => emit_struct(ty, object, rust_type),
        (Shape::Strings(values), _) => emit_enum(ty, values),
        (Shape::Union(members), _) => emit_union(ty, members),
    }
}
