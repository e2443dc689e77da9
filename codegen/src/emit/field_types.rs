//! The type of a struct's field: progenitor's type, optional or nullable by the field's role.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::{Field, Role, Type};

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
    let base = match &field.ty {
        // progenitor generates the items of a list as a `Vec`.
        Type::List(_) => {
            let path = quote! { #base }.to_string().replacen("Vec", "List", 1);
            syn::parse_str::<syn::Type>(&path)
                .map_or_else(|_| quote! { #base }, |ty| quote! { #ty })
        }
        _ => value_type(field, base),
    };
    match (role, field.required, field.nullable) {
        (_, true, false) => base,
        (Role::Request, false, true) => quote! { Nullable<#base> },
        _ => quote! { Option<#base> },
    }
}
