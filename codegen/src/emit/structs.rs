//! Structs, each followed by the macro call that defines its encoding.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::doc_comments::{docs, with_deprecation};
use super::field_types::{field_type, is_constant};
use super::params_builder::{emit_builder, has_setters};
use super::syntax::ident;
use crate::model::{Field, Object, Role, TypeDef};
use crate::types::FieldTypes;

pub(super) fn emit_struct(ty: &TypeDef, object: &Object, field_types: &FieldTypes) -> TokenStream {
    let name = ident(&ty.name);
    let about = struct_docs(ty, object);
    let derives = derives(object);
    let fields = object.fields.iter().map(|field| {
        let (ident, base) = (ident(&field.ident), &field_types[&field.wire]);
        let (about, ty) = (field_docs(field), field_type(object.role, field, base));
        quote! { #about pub #ident: #ty }
    });
    let encoding = emit_encoding(&name, object);
    let builder = match object.role {
        Role::Response => TokenStream::new(),
        _ => emit_builder(&name, object, field_types),
    };
    let must_use = has_setters(object).then(emit_must_use);
    quote! {
        #about
        #[derive(#derives)]
        #must_use
        #[non_exhaustive]
        pub struct #name {
            #(#fields),*
        }
        #encoding
        #builder
    }
}

/// Emits the attribute that makes the compiler warn about a setter whose result is ignored.
fn emit_must_use() -> TokenStream {
    quote! { #[must_use = "a setter returns the changed value: assign it, or pass it on"] }
}

/// Returns the traits to derive. A request with required fields has no default, because it would be invalid, and
/// the macros of JSON objects implement `Debug`.
fn derives(object: &Object) -> TokenStream {
    let has_default = object.role == Role::Response || object.arguments.is_empty();
    let derives_debug = matches!(object.role, Role::Query | Role::Form);
    let debug = derives_debug.then(|| quote! { Debug, });
    let default = has_default.then(|| quote! { Default, });
    quote! { Clone, #debug #default PartialEq }
}

/// Emits the macro call that lists the fields with their wire names.
fn emit_encoding(name: &Ident, object: &Object) -> TokenStream {
    let entries = object.fields.iter().map(|field| {
        let ident = ident(&field.ident);
        let wire = (field.ident != field.wire)
            .then_some(&field.wire)
            .into_iter();
        let constant = is_constant(object.role, field).then_some(&field.constant);
        let constant = constant.into_iter().flatten();
        let modifiers = modifiers(object.role, field);
        let modifiers = (!modifiers.is_empty()).then(|| quote! { : #(#modifiers)* });
        quote! { #ident #(= #wire)* #(is #constant)* #modifiers }
    });
    match object.role {
        Role::Response => {
            let with_id = has_id(object).then(|| quote! { with id });
            quote! { response_object!(#name #with_id { #(#entries),* }); }
        }
        Role::Request => quote! { request_object!(#name { #(#entries),* }); },
        Role::Query => quote! { query_object!(#name { #(#entries),* }); },
        Role::Form => quote! { form_object!(#name { #(#entries),* }); },
    }
}

/// Returns whether the schema requires an id, so that an object without one is something else.
fn has_id(object: &Object) -> bool {
    let mut fields = object.fields.iter();
    fields.any(|field| field.wire == "id" && field.required && !field.may_be_missing)
}

/// Returns the keywords that modify the encoding of a field.
fn modifiers(role: Role, field: &Field) -> Vec<Ident> {
    let is_json = matches!(role, Role::Response | Role::Request);
    let modifiers = [
        ("null", is_json && field.required && field.nullable),
        ("secret", is_json && field.secret),
        ("joined", field.joined),
    ];
    let applicable = modifiers.iter().filter(|(_, applies)| *applies);
    applicable.map(|(modifier, _)| ident(modifier)).collect()
}

fn struct_docs(ty: &TypeDef, object: &Object) -> TokenStream {
    let text = match (&ty.docs, object.role) {
        (Some(prose), _) => prose.clone(),
        (None, Role::Response) => "An object in a response.".to_owned(),
        (None, _) => "An object in a request.".to_owned(),
    };
    docs(&with_deprecation(text, ty.deprecated))
}

fn field_docs(field: &Field) -> TokenStream {
    let mut text = match &field.docs {
        Some(prose) => prose.trim().to_owned(),
        None => format!("The field `{}`.", field.wire),
    };
    let constant = field.constant.as_ref();
    let constant = constant.map(|value| format!("Always `{value}`."));
    for sentence in field.constraints.iter().chain(&constant) {
        text += &format!(" {sentence}");
    }
    docs(&with_deprecation(text, field.deprecated))
}
