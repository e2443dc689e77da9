//! Dispatches the definition of a type to the emitter of its shape.

use proc_macro2::TokenStream;

use super::enums::emit_enum;
use super::structs::emit_struct;
use super::unions::emit_union;
use crate::model::{Shape, TypeDef};
use crate::types::FieldTypes;

/// Emits a struct, an open enum or a union.
pub(super) fn emit_type(ty: &TypeDef, field_types: &FieldTypes) -> TokenStream {
    match &ty.shape {
        Shape::Object(object) => emit_struct(ty, object, field_types),
        Shape::Strings(values) => emit_enum(ty, values),
        Shape::Union(members) => emit_union(ty, members),
    }
}
