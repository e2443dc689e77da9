//! The constructor and the chainable setters of a params struct or another struct of a request.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::doc_comments::docs;
use super::field_types::{field_type, value_type};
use super::syntax;
use crate::model::{Field, Object, Role, Type};
use crate::types::FieldTypes;

pub(super) fn emit_builder(name: &Ident, object: &Object, field_types: &FieldTypes) -> TokenStream {
    let constructor = emit_constructor(name, object, field_types);
    let optional = optional_fields(object);
    let setters = optional.map(|field| emit_setter(object.role, field, field_types));
    quote! {
        impl #name {
            #constructor
            #(#setters)*
        }
    }
}

pub(super) fn has_setters(object: &Object) -> bool {
    object.role != Role::Response && optional_fields(object).next().is_some()
}

fn optional_fields(object: &Object) -> impl Iterator<Item = &Field> {
    let fields = object.fields.iter();
    fields.filter(|field| !object.arguments.contains(&field.wire))
}

fn emit_constructor(name: &Ident, object: &Object, field_types: &FieldTypes) -> TokenStream {
    if object.arguments.is_empty() {
        let about = docs(&format!("Creates `{name}` with no field set."));
        return quote! {
            #about
            pub fn new() -> Self {
                Self::default()
            }
        };
    }
    let find = |wire: &String| object.fields.iter().find(|field| field.wire == *wire);
    let (mut arguments, mut required) = (Vec::new(), Vec::new());
    for field in object.arguments.iter().filter_map(find) {
        let (ident, base) = (syntax::ident(&field.ident), &field_types[&field.wire]);
        let ty = field_type(object.role, field, base);
        let (argument, value) = argument(field, &ty, &ident);
        arguments.push(quote! { #ident: #argument });
        required.push(if ident == value.to_string() {
            quote! { #ident }
        } else {
            quote! { #ident: #value }
        });
    }
    let optional = optional_fields(object).map(|field| emit_unset(object.role, field));
    let about = docs(&format!(
        "Creates `{name}` with the required fields and no optional ones."
    ));
    quote! {
        #about
        pub fn new(#(#arguments),*) -> Self {
            Self { #(#required,)* #(#optional,)* }
        }
    }
}

/// Emits the initializer of an optional field.
fn emit_unset(role: Role, field: &Field) -> TokenStream {
    let ident = syntax::ident(&field.ident);
    match (role, field.nullable) {
        (Role::Request, true) => quote! { #ident: Nullable::Absent },
        _ => quote! { #ident: None },
    }
}

fn emit_setter(role: Role, field: &Field, field_types: &FieldTypes) -> TokenStream {
    let (ident, base) = (syntax::ident(&field.ident), &field_types[&field.wire]);
    let ty = field_type(role, field, base);
    let about = docs(&format!("Sets [`{ident}`](Self::{ident})."));
    let is_nullable = role == Role::Request && !field.required && field.nullable;
    let (argument, value) = if is_nullable {
        (quote! { impl Into<#ty> }, quote! { #ident.into() })
    } else {
        let (argument, value) = argument(field, &value_type(field, base), &ident);
        (argument, quote! { Some(#value) })
    };
    quote! {
        #about
        pub fn #ident(mut self, #ident: #argument) -> Self {
            self.#ident = #value;
            self
        }
    }
}

/// Returns the type of an argument, with the conversions that are convenient for callers, and the expression
/// that converts it to the field's type `ty`.
fn argument(field: &Field, ty: &TokenStream, ident: &Ident) -> (TokenStream, TokenStream) {
    if field.required && field.nullable {
        return (quote! { #ty }, quote! { #ident });
    }
    match &field.ty {
        Type::Bool | Type::Number | Type::JsonObject | Type::Map(_) | Type::File => {
            (quote! { #ty }, quote! { #ident })
        }
        Type::Array(items) => match &**items {
            Type::String => (
                quote! { impl IntoList<String> },
                quote! { #ident.into_list() },
            ),
            Type::Named(_, name) => {
                let name = syntax::ident(name);
                (
                    quote! { impl IntoList<#name> },
                    quote! { #ident.into_list() },
                )
            }
            _ => (quote! { #ty }, quote! { #ident }),
        },
        _ => (quote! { impl Into<#ty> }, quote! { #ident.into() }),
    }
}
