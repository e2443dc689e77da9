//! Reads the types that progenitor generated, and simplifies their paths and names.

use std::collections::BTreeMap;

use syn::{GenericArgument, Ident, Item, PathArguments};

use super::progenitor_input::TypeKeys;
use super::rust_types::{RustType, RustTypes};
use crate::model::{Api, Field, Shape};
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
            (Shape::Strings(_) | Shape::Union(_), _) => Some(RustType::Enum),
            (Shape::Object(object), Some(Item::Struct(item))) => {
                fields(&object.fields, item, &names).map(RustType::Fields)
            }
            _ => None,
        };
        rust_type.unwrap_or_else(|| {
            let message = format!(
                "progenitor generated no type for `{}`: describe it differently in an overlay",
                ty.name
            );
            problems.push(Problem::new(&api.path, &ty.pointer, message));
            RustType::Enum
        })
    });
    let types = types.collect();
    Problems::check(problems, types)
}

/// Returns the structs of the module `types`, by name.
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
        _ => None,
    }
}

/// Returns the types of `fields` by wire name, or `None` if the struct lacks one of them.
fn fields(
    fields: &[Field],
    item: &syn::ItemStruct,
    names: &BTreeMap<&str, &str>,
) -> Option<BTreeMap<String, syn::Type>> {
    let fields = fields.iter().enumerate().map(|(index, field)| {
        let key = TypeKeys::field_key(index);
        let mut generated = item.fields.iter();
        let generated = generated.find(|it| it.ident.as_ref().is_some_and(|it| *it == key))?;
        let mut ty = generated.ty.clone();
        simplify_path(&mut ty, names);
        Some((field.wire.clone(), ty))
    });
    fields.collect()
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
