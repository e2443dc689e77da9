//! The `use` declarations of a generated file, derived from the identifiers that it contains.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::quote;

use super::import_paths::SDK_IMPORTS;
use super::syntax::ident;
use crate::model::{Namespace, Shape, TypeDef};

/// Emits the imports of an SDK module: the core's names that `body` uses, the `used` types of the
/// API that the module does not define or re-export (`local`), and types of other resources' requests
/// (`foreign`), each with the path of its module.
pub(super) fn emit_imports(
    body: &TokenStream,
    used: &BTreeSet<&str>,
    local: &[&str],
    foreign: &[(String, &str)],
) -> TokenStream {
    let mut paths = paths(body, SDK_IMPORTS);
    for (path, name) in foreign {
        paths.entry(path).or_default().insert(name);
    }
    for name in used.iter().filter(|name| !local.contains(name)) {
        paths.entry("crate::types").or_default().insert(name);
    }
    import_lines(paths)
}

/// Emits the re-exports of an SDK module.
pub(super) fn emit_exports(names: &[&str]) -> TokenStream {
    if names.is_empty() {
        return TokenStream::new();
    }
    let names = names.iter().map(|name| ident(name));
    // Without a page of their own in each module: `types` has one for each type.
    quote! {
        #[doc(no_inline)]
        pub use crate::types::{#(#names),*};
    }
}

/// Returns the types of responses that the definition of `ty` refers to.
pub(super) fn referenced_types(ty: &TypeDef) -> Vec<&str> {
    match &ty.shape {
        Shape::Object(object) => {
            let fields = object.fields.iter();
            fields.filter_map(|field| field.ty.shared()).collect()
        }
        Shape::Union(members) => {
            let shared = ty.shared_members.iter();
            let shared = shared.filter_map(|member| member.ty.shared());
            members
                .iter()
                .map(|member| &*member.ty)
                .chain(shared)
                .collect()
        }
        Shape::Strings(_) => Vec::new(),
    }
}

/// Returns the types of other resources' requests that the definition of `ty` refers to, each with the path of its
/// module.
pub(super) fn foreign_types(ty: &TypeDef) -> Vec<(String, &str)> {
    let Shape::Object(object) = &ty.shape else {
        return Vec::new();
    };
    let named = object.fields.iter().filter_map(|field| field.ty.named());
    let foreign = named.filter_map(|(namespace, name)| match namespace {
        Namespace::Module(module) if *namespace != ty.namespace => {
            Some((format!("crate::{module}"), name))
        }
        _ => None,
    });
    foreign.collect()
}

/// Returns the names of `table` that `body` uses, by path.
pub(super) fn paths<'t>(
    body: &TokenStream,
    table: &'t [(&str, &str)],
) -> BTreeMap<&'t str, BTreeSet<&'t str>> {
    let mut idents = BTreeSet::new();
    collect_idents(body.clone(), &mut idents);
    let mut paths: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, path) in table {
        if idents.contains(*name) {
            paths.entry(path).or_default().insert(name);
        }
    }
    paths
}

/// Emits a `use` declaration for each path: first the standard library, then other crates, then this
/// crate.
pub(super) fn import_lines(paths: BTreeMap<&str, BTreeSet<&str>>) -> TokenStream {
    let rank = |path: &str| {
        ["crate", "serde_json", "std"]
            .iter()
            .rposition(|root| path.starts_with(root))
    };
    let mut paths: Vec<_> = paths.into_iter().collect();
    paths.sort_by_key(|(path, _)| (Reverse(rank(path)), *path));
    let lines = paths.into_iter().map(|(path, names)| {
        let path: syn::Path = syn::parse_str(path).expect("the table contains paths");
        let names: Vec<Ident> = names.into_iter().map(ident).collect();
        match &*names {
            [name] => quote! { use #path::#name; },
            _ => quote! { use #path::{#(#names),*}; },
        }
    });
    quote! { #(#lines)* }
}

fn collect_idents(tokens: TokenStream, idents: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => {
                idents.insert(ident.to_string());
            }
            TokenTree::Group(group) => collect_idents(group.stream(), idents),
            _ => {}
        }
    }
}
