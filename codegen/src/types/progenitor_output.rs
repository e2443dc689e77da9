//! Reads the types that progenitor generated, and simplifies their paths and names.

use std::collections::BTreeMap;

use syn::{Fields, GenericArgument, Ident, Item, Lit, PathArguments};

use super::progenitor_input::TypeKeys;
use super::rust_types::{RustType, RustTypes};
use crate::model::{Api, Shape};
use crate::names::variant_name;
use crate::problem::{Problem, Problems};

/// Finds the type of each of the model's types in progenitor's output.
pub(super) fn read_types(
    api: &Api,
    keys: &TypeKeys,
    file: syn::File,
) -> Result<RustTypes, Problems> {
    let items = type_items(file);
    let names = keys.names();
    let mut problems = Vec::new();
    let types = api.types.iter().enumerate().map(|(index, ty)| {
        let rust_type = match (&ty.shape, items.get(&TypeKeys::key(index))) {
            (Shape::Union(_), _) => Some(RustType::Union),
            (Shape::Object(_), Some(Item::Struct(item))) => {
                Some(RustType::Fields(fields(item, &names)))
            }
            (Shape::Strings(_), Some(Item::Enum(item))) => Some(RustType::Variants(variants(item))),
            _ => None,
        };
        rust_type.unwrap_or_else(|| {
            let message = format!(
                "progenitor generated no type for `{}`: describe it differently in an overlay",
                ty.name
            );
            problems.push(Problem::new(&ty.file, &ty.pointer, message));
            RustType::Union
        })
    });
    let types = types.collect();
    Problems::check(problems, types)
}

/// Returns the structs and enums of the module `types`, by name.
fn type_items(file: syn::File) -> BTreeMap<String, Item> {
    let content = file.items.into_iter().find_map(|item| match item {
        Item::Mod(module) if module.ident == "types" => module.content,
        _ => None,
    });
    let items = content.map(|(_, items)| items).unwrap_or_default();
    items
        .into_iter()
        .filter_map(|item| Some((item_name(&item)?, item)))
        .collect()
}

fn item_name(item: &Item) -> Option<String> {
    match item {
        Item::Struct(item) => Some(item.ident.to_string()),
        Item::Enum(item) => Some(item.ident.to_string()),
        _ => None,
    }
}

fn fields(item: &syn::ItemStruct, names: &BTreeMap<&str, &str>) -> BTreeMap<String, syn::Type> {
    let Fields::Named(fields) = &item.fields else {
        return BTreeMap::new();
    };
    let field = |field: &syn::Field| {
        let ident = field
            .ident
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        let wire = serde_rename(&field.attrs).unwrap_or(ident);
        let mut ty = field.ty.clone();
        simplify_path(&mut ty, names);
        (wire, ty)
    };
    fields.named.iter().map(field).collect()
}

fn variants(item: &syn::ItemEnum) -> BTreeMap<String, Ident> {
    // progenitor's names of unusual values are unhelpful (`X` for ""), so the variants are renamed.
    let variant = |variant: &syn::Variant| {
        let wire = serde_rename(&variant.attrs).unwrap_or_else(|| variant.ident.to_string());
        let ident = Ident::new(&variant_name(&wire), variant.ident.span());
        (wire, ident)
    };
    item.variants.iter().map(variant).collect()
}

/// Returns the value of `#[serde(rename = "…")]`.
fn serde_rename(attributes: &[syn::Attribute]) -> Option<String> {
    let mut name = None;
    for attribute in attributes.iter().filter(|it| it.path().is_ident("serde")) {
        // Other serde attributes can have a syntax that this does not parse. They are irrelevant here.
        let _ = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("rename") {
                let value: Lit = meta.value()?.parse()?;
                if let Lit::Str(string) = value {
                    name = Some(string.value());
                }
            } else if let Ok(value) = meta.value() {
                value.parse::<syn::Expr>()?;
            }
            Ok(())
        });
    }
    name
}

/// Simplifies `::std::vec::Vec<T12>` to `Vec<User>`.
fn simplify_path(ty: &mut syn::Type, names: &BTreeMap<&str, &str>) {
    let syn::Type::Path(path) = ty else {
        return;
    };
    let Some(mut last) = path.path.segments.last().cloned() else {
        return;
    };
    if let Some(name) = names.get(last.ident.to_string().as_str()) {
        last.ident = Ident::new(name, last.ident.span());
    }
    if let PathArguments::AngleBracketed(arguments) = &mut last.arguments {
        arguments.colon2_token = None;
        for argument in &mut arguments.args {
            if let GenericArgument::Type(ty) = argument {
                simplify_path(ty, names);
            }
        }
    }
    path.path = syn::Path::from(last);
}
