//! The constructor and the setters of a request's struct.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::{docs, types::field_type};
use crate::model::{Field, Object, Role, Type};
use crate::schema::RustType;

pub(crate) fn emit_methods(name: &Ident, object: &Object, made: &RustType) -> TokenStream {
    let constructor = emit_new(object, made);
    let optional = object
        .fields
        .iter()
        .filter(|field| !object.arguments.contains(&field.wire));
    let setters = optional.map(|field| emit_setter(object.role, field, made));
    quote! {
        impl #name {
            #constructor
            #(#setters)*
        }
    }
}

fn emit_new(object: &Object, made: &RustType) -> TokenStream {
    if object.arguments.is_empty() {
        return quote! {
            /// With every field left out.
            pub fn new() -> Self {
                Self::default()
            }
        };
    }
    let field = |wire: &String| object.fields.iter().find(|field| field.wire == *wire);
    let required: Vec<&Field> = object.arguments.iter().filter_map(field).collect();
    let arguments = required.iter().map(|field| {
        let (ident, base) = made.field(field);
        let ty = field_type(object.role, field, base);
        let (argument, _) = taken(field, &ty, &ident);
        quote! { #ident: #argument }
    });
    let given = required.iter().map(|field| {
        let (ident, base) = made.field(field);
        let ty = field_type(object.role, field, base);
        let (_, value) = taken(field, &ty, &ident);
        let is_plain = ident == value.to_string();
        if is_plain {
            quote! { #ident }
        } else {
            quote! { #ident: #value }
        }
    });
    let rest = object
        .fields
        .iter()
        .filter(|field| !object.arguments.contains(&field.wire))
        .map(|field| {
            let ident = super::ident(&field.ident);
            match (object.role, field.nullable, &field.ty) {
                (Role::Request, true, _) => quote! { #ident: Nullable::Absent },
                (Role::Query, _, Type::Array(_)) => quote! { #ident: Vec::new() },
                _ => quote! { #ident: None },
            }
        });
    quote! {
        /// With what the API requires; every other field is left out.
        pub fn new(#(#arguments),*) -> Self {
            Self { #(#given,)* #(#rest,)* }
        }
    }
}

fn emit_setter(role: Role, field: &Field, made: &RustType) -> TokenStream {
    let (ident, base) = made.field(field);
    let ty = field_type(role, field, base);
    let about = docs(&format!("Sets [`{ident}`](Self::{ident})."));
    let wrapped = role == Role::Request && !field.required && field.nullable;
    let bare = role == Role::Query && matches!(field.ty, Type::Array(_));
    let (argument, value) = if wrapped {
        (quote! { impl Into<#ty> }, quote! { #ident.into() })
    } else {
        let base = quote! { #base };
        let (argument, value) = taken(field, &base, &ident);
        (
            argument,
            if bare {
                value
            } else {
                quote! { Some(#value) }
            },
        )
    };
    quote! {
        #about
        pub fn #ident(mut self, #ident: #argument) -> Self {
            self.#ident = #value;
            self
        }
    }
}

/// How an argument is taken so that callers write the least, and how it becomes the field's `ty`.
fn taken(field: &Field, ty: &TokenStream, ident: &Ident) -> (TokenStream, TokenStream) {
    if field.required && field.nullable {
        return (quote! { #ty }, quote! { #ident });
    }
    match &field.ty {
        Type::Bool
        | Type::Integer
        | Type::Number
        | Type::JsonObject
        | Type::Map(_)
        | Type::File => (quote! { #ty }, quote! { #ident }),
        Type::Array(items) => match &**items {
            Type::String => (
                quote! { impl IntoIterator<Item = impl Into<String>> },
                quote! { #ident.into_iter().map(Into::into).collect() },
            ),
            Type::Named(_, name) => {
                let name = super::ident(name);
                (
                    quote! { impl IntoIterator<Item = impl Into<#name>> },
                    quote! { #ident.into_iter().map(Into::into).collect() },
                )
            }
            _ => (quote! { #ty }, quote! { #ident }),
        },
        _ => (quote! { impl Into<#ty> }, quote! { #ident.into() }),
    }
}
