//! Unions: a variant for each type of object, and one that keeps the JSON of an unknown object.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::doc_comments::docs;
use super::enums::unknown_variant;
use super::field_types::model_type;
use super::syntax::ident;
use crate::model::{Discriminator, SharedMember, TypeDef, UnionMember};

pub(super) fn emit_union(ty: &TypeDef, members: &[UnionMember]) -> TokenStream {
    let name = ident(&ty.name);
    let unknown = unknown_variant(members.iter().map(|member| member.variant.as_str()));
    let about = docs(
        ty.docs
            .as_deref()
            .unwrap_or("One of several types of objects."),
    );
    let mut sorted: Vec<&UnionMember> = members.iter().collect();
    sorted.sort_by(|one, other| one.variant.cmp(&other.variant));
    let lines = sorted.iter().map(|member| {
        let (variant, holds) = (ident(&member.variant), ident(&member.ty));
        let fallback = format!("A [`{}`].", member.ty);
        let about = docs(member.docs.as_deref().unwrap_or(&fallback));
        quote! { #about #variant(Box<#holds>) }
    });
    let decoding = emit_decoding(&name, &unknown, members);
    let accessors = emit_accessors(ty, &unknown, &sorted);
    quote! {
        #about
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum #name {
            #(#lines,)*
            /// An object that this version of the crate does not know, unchanged. Do not match on its content, because
            /// it gets a variant of its own in a later release: serialize the union and read its members instead.
            #unknown(UnknownVariant),
        }
        #decoding
        #accessors
    }
}

/// Emits a method for each member that every variant has.
fn emit_accessors(ty: &TypeDef, unknown: &Ident, members: &[&UnionMember]) -> TokenStream {
    if ty.shared_members.is_empty() {
        return TokenStream::new();
    }
    let name = ident(&ty.name);
    let variants: Vec<Ident> = members.iter().map(|it| ident(&it.variant)).collect();
    let accessors = ty.shared_members.iter().map(|member| {
        let (about, method) = (accessor_docs(member), ident(&member.ident));
        let (returns, wire) = (
            model_type(&member.ty),
            (member.ident != member.wire)
                .then_some(&member.wire)
                .into_iter(),
        );
        quote! {
            #about
            pub fn #method(&self) -> Option<#returns> {
                union_member!(self.#method #(= #wire)*, #unknown, [#(#variants),*])
            }
        }
    });
    quote! { impl #name { #(#accessors)* } }
}

fn accessor_docs(member: &SharedMember) -> TokenStream {
    let about = match &member.docs {
        Some(prose) => prose.trim().to_owned(),
        None => format!("The member `{}`, which every variant has.", member.wire),
    };
    docs(&format!(
        "{about}\n\n`None` if it is null, or if an object of an unknown variant lacks it."
    ))
}

/// Emits the macro call that distinguishes the members, by the value of one property if possible.
fn emit_decoding(name: &Ident, unknown: &Ident, members: &[UnionMember]) -> TokenStream {
    if let Some((tag, values)) = common_tag(members) {
        let entries = members.iter().zip(values).map(|(member, value)| {
            let variant = ident(&member.variant);
            let hint = member.hint.iter().map(|hint| {
                let (property, values) = (&hint.property, &hint.values);
                quote! { or #property = [#(#values),*] }
            });
            quote! { #variant = #value #(#hint)* }
        });
        return quote! { tagged_union!(#name else #unknown by #tag { #(#entries),* }); };
    }
    let entries = members.iter().map(|member| {
        let variant = ident(&member.variant);
        let conditions = member.discriminators.iter().map(|it| match it {
            Discriminator::Constant(name, value) => quote! { #name = #value },
            Discriminator::AnyOf(names) => quote! { #(#names)|* },
        });
        quote! { #variant if [#(#conditions),*] }
    });
    quote! { untagged_union!(#name else #unknown { #(#entries),* }); }
}

/// Returns the property whose value alone identifies every member, with the value for each.
fn common_tag(members: &[UnionMember]) -> Option<(&str, Vec<&str>)> {
    let mut constants = members.iter().map(|member| match &*member.discriminators {
        [Discriminator::Constant(name, value)] => Some((name.as_str(), value.as_str())),
        _ => None,
    });
    let (tag, first) = constants.next()??;
    let mut values = vec![first];
    for constant in constants {
        let (_, value) = constant.filter(|(name, _)| *name == tag)?;
        values.push(value);
    }
    Some((tag, values))
}
