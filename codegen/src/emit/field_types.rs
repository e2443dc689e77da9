//! The type of a struct's field: progenitor's type, optional or nullable by the field's role. Types outside of structs,
//! which progenitor does not generate, come from the model.

use proc_macro2::TokenStream;
use quote::quote;

use super::syntax::ident;
use crate::model::{Field, Namespace, Role, Type};

/// Returns the type of a field's value, which progenitor does not know to be an order.
pub(super) fn value_type(field: &Field, base: &syn::Type) -> TokenStream {
    match field.is_sort_field {
        true => quote! { OrderBy<#base> },
        false => quote! { #base },
    }
}

/// Whether a field of a response borrows its only value, which is then not allocated for each object.
pub(super) fn is_constant(role: Role, field: &Field) -> bool {
    role == Role::Response && field.required && !field.nullable && field.constant.is_some()
}

/// Wraps progenitor's type of a field in `Option` or `Nullable` if needed.
pub(super) fn field_type(role: Role, field: &Field, base: &syn::Type) -> TokenStream {
    if is_constant(role, field) {
        return quote! { Cow<'static, str> };
    }
    let base = value_type(field, base);
    match (role, field.required, field.nullable) {
        (_, true, false) => base,
        (Role::Request, false, true) => quote! { Nullable<#base> },
        _ => quote! { Option<#base> },
    }
}

/// Returns the type of a response, or of a value in one.
pub(super) fn model_type(ty: &Type) -> TokenStream {
    model_type_with(ty, |_, name| {
        let name = ident(name);
        quote! { #name }
    })
}

/// Like [`model_type`], with the paths that `path` returns for generated types.
pub(super) fn model_type_with(ty: &Type, path: fn(&Namespace, &str) -> TokenStream) -> TokenStream {
    let model_type = |ty: &Type| model_type_with(ty, path);
    match ty {
        Type::Unit => quote! { () },
        Type::String => quote! { String },
        Type::Bool => quote! { bool },
        Type::Integer => quote! { i64 },
        Type::Number => quote! { f64 },
        Type::Timestamp => quote! { Timestamp },
        Type::Metadata => quote! { Metadata },
        Type::DateTime => quote! { DateTime },
        Type::File | Type::Json => quote! { Value },
        Type::JsonObject => quote! { Map<String, Value> },
        Type::Named(namespace, name) => path(namespace, name),
        Type::Array(items) => {
            let items = model_type(items);
            quote! { Vec<#items> }
        }
        Type::List(items) => {
            let items = model_type(items);
            quote! { List<#items> }
        }
        Type::Map(values) => {
            let values = model_type(values);
            quote! { BTreeMap<String, #values> }
        }
        Type::Nullable(value) => {
            let value = model_type(value);
            quote! { Option<#value> }
        }
    }
}
