//! Structs, open enums and unions, each with the list that gives it its encoding.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::{docs, ident, params, unknown_variant};
use crate::model::{Field, Member, Object, Role, Shape, Test, Type, TypeDef};
use crate::schema::RustType;

pub(crate) fn emit_type(ty: &TypeDef, made: &RustType) -> TokenStream {
    match (&ty.shape, made) {
        (Shape::Object(object), made) => emit_object(ty, object, made),
        (Shape::Strings(values), RustType::Variants(variants)) => {
            let variants: Vec<(&str, &Ident)> = values
                .iter()
                .map(|value| {
                    (
                        value.as_str(),
                        variants.get(value).expect("progenitor keeps every value"),
                    )
                })
                .collect();
            emit_strings(ty, &variants)
        }
        (Shape::Union(members), _) => emit_union(ty, members),
        (Shape::Strings(_), _) => unreachable!("progenitor makes enums of strings"),
    }
}

fn emit_object(ty: &TypeDef, object: &Object, made: &RustType) -> TokenStream {
    let name = ident(&ty.name);
    let about = type_docs(ty, object);
    let derives = derives(object);
    let fields = object.fields.iter().map(|field| {
        let (ident, base) = made.field(field);
        let (about, ty) = (field_docs(field), field_type(object.role, field, base));
        quote! { #about pub #ident: #ty }
    });
    let list = emit_list(&name, object, made);
    let methods = match object.role {
        Role::Response => TokenStream::new(),
        _ => params::emit_methods(&name, object, made),
    };
    quote! {
        #about
        #[derive(#derives)]
        #[non_exhaustive]
        pub struct #name {
            #(#fields),*
        }
        #list
        #methods
    }
}

fn derives(object: &Object) -> TokenStream {
    let default = object.role == Role::Response || object.arguments.is_empty();
    match (object.role, default) {
        (Role::Response, _) => quote! { Clone, Default, PartialEq },
        (Role::Request, true) => quote! { Clone, Default },
        (Role::Request, false) => quote! { Clone },
        (Role::Query | Role::Form, true) => quote! { Clone, Debug, Default },
        (Role::Query | Role::Form, false) => quote! { Clone, Debug },
    }
}

/// The macro call that lists the fields with their wire names.
fn emit_list(name: &Ident, object: &Object, made: &RustType) -> TokenStream {
    let entries = object.fields.iter().map(|field| {
        let (ident, _) = made.field(field);
        let wire = (field.ident != field.wire)
            .then_some(&field.wire)
            .into_iter();
        let mut modes = Vec::new();
        let is_json = matches!(object.role, Role::Response | Role::Request);
        if is_json && field.required && field.nullable {
            modes.push(super::ident("null"));
        }
        if is_json && field.secret {
            modes.push(super::ident("secret"));
        }
        if field.joined {
            modes.push(super::ident("joined"));
        }
        let modes = (!modes.is_empty()).then(|| quote! { : #(#modes)* });
        quote! { #ident #(= #wire)* #modes }
    });
    match object.role {
        Role::Response => quote! { response_object!(#name { #(#entries),* }); },
        Role::Request => quote! { request_object!(#name { #(#entries),* }); },
        Role::Query => quote! { query_object!(#name { #(#entries),* }); },
        Role::Form => quote! { form_object!(#name { #(#entries),* }); },
    }
}

/// What stands around progenitor's type: nothing, `Option`, `Nullable`.
pub(crate) fn field_type(role: Role, field: &Field, base: &syn::Type) -> TokenStream {
    let base = match &field.ty {
        // progenitor knows arrays only.
        Type::List(_) => {
            let text = quote! { #base }.to_string().replacen("Vec", "List", 1);
            syn::parse_str::<syn::Type>(&text)
                .map_or_else(|_| quote! { #base }, |ty| quote! { #ty })
        }
        _ => quote! { #base },
    };
    match (role, field.required, field.nullable) {
        (_, true, false) => base,
        // An empty list and no list are the same query.
        (Role::Query, false, _) if matches!(field.ty, Type::Array(_)) => base,
        (Role::Request, false, true) => quote! { Nullable<#base> },
        _ => quote! { Option<#base> },
    }
}

fn type_docs(ty: &TypeDef, object: &Object) -> TokenStream {
    let text = match (&ty.docs, object.role) {
        (Some(prose), _) => prose.clone(),
        (None, Role::Response) => "An object of the API's answers.".to_owned(),
        (None, _) => "An object within a request.".to_owned(),
    };
    docs(&deprecated(text, ty.deprecated))
}

pub(crate) fn field_docs(field: &Field) -> TokenStream {
    let text = match (&field.docs, &field.facts) {
        (Some(prose), Some(facts)) => format!("{} {facts}", prose.trim()),
        (Some(prose), None) => prose.clone(),
        (None, Some(facts)) => format!("`{}` on the wire. {facts}", field.wire),
        (None, None) => format!("`{}` on the wire.", field.wire),
    };
    docs(&deprecated(text, field.deprecated))
}

fn deprecated(text: String, deprecated: bool) -> String {
    if deprecated {
        text.trim().to_owned() + "\n\nDeprecated: the API may drop it."
    } else {
        text
    }
}

fn emit_strings(ty: &TypeDef, variants: &[(&str, &Ident)]) -> TokenStream {
    let name = ident(&ty.name);
    let known: Vec<String> = variants
        .iter()
        .map(|(_, ident)| ident.to_string())
        .collect();
    let unknown = unknown_variant(known.iter().map(String::as_str));
    let about = docs(
        ty.docs
            .as_deref()
            .unwrap_or("A value of a set that the API may extend."),
    );
    let lines = variants.iter().map(|(wire, ident)| {
        let about = docs(&match ty.values.get(*wire) {
            Some(prose) => format!("`{wire}`: {prose}"),
            None => format!("`{wire}`"),
        });
        quote! { #about #ident }
    });
    let entries = variants
        .iter()
        .map(|(wire, ident)| quote! { #ident = #wire });
    quote! {
        #about
        #[derive(Clone, Debug, Eq, Hash, PartialEq)]
        #[non_exhaustive]
        pub enum #name {
            #(#lines,)*
            /// A value that this version of the crate does not know, as it came.
            #unknown(String),
        }
        open_enum!(#name else #unknown { #(#entries),* });
    }
}

fn emit_union(ty: &TypeDef, members: &[Member]) -> TokenStream {
    let name = ident(&ty.name);
    let unknown = unknown_variant(members.iter().map(|member| member.variant.as_str()));
    let about = docs(
        ty.docs
            .as_deref()
            .unwrap_or("An object of one of several shapes."),
    );
    let mut sorted: Vec<&Member> = members.iter().collect();
    sorted.sort_by(|one, other| one.variant.cmp(&other.variant));
    let lines = sorted.iter().map(|member| {
        let (variant, holds) = (ident(&member.variant), ident(&member.ty));
        let fallback = format!("A [`{}`].", member.ty);
        let about = docs(member.docs.as_deref().unwrap_or(&fallback));
        quote! { #about #variant(Box<#holds>) }
    });
    let list = emit_union_list(&name, &unknown, members);
    quote! {
        #about
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum #name {
            #(#lines,)*
            /// A shape that this version of the crate does not know, as it came.
            #unknown(Value),
        }
        #list
    }
}

/// The macro call that says how the shapes are told apart: by one member's text, or by tests.
fn emit_union_list(name: &Ident, unknown: &Ident, members: &[Member]) -> TokenStream {
    if let Some((tag, texts)) = tag(members) {
        let entries = members.iter().zip(texts).map(|(member, text)| {
            let variant = ident(&member.variant);
            quote! { #variant = #text }
        });
        return quote! { tagged_union!(#name else #unknown by #tag { #(#entries),* }); };
    }
    let entries = members.iter().map(|member| {
        let variant = ident(&member.variant);
        let tests = member.tests.iter().map(|test| match test {
            Test::Text(name, text) => quote! { #name = #text },
            Test::AnyOf(names) => quote! { #(#names)|* },
        });
        quote! { #variant if [#(#tests),*] }
    });
    quote! { open_union!(#name else #unknown { #(#entries),* }); }
}

/// The one member whose text decides, if there is one, and its text for each shape.
fn tag(members: &[Member]) -> Option<(&str, Vec<&str>)> {
    let mut decided = members.iter().map(|member| match &*member.tests {
        [Test::Text(name, text)] => Some((name.as_str(), text.as_str())),
        _ => None,
    });
    let (tag, first) = decided.next()??;
    let mut texts = vec![first];
    for other in decided {
        let (_, text) = other.filter(|(name, _)| *name == tag)?;
        texts.push(text);
    }
    Some((tag, texts))
}
