//! Reads the structs that progenitor generated, and gives their types the paths and names of the SDK.

use std::collections::BTreeMap;

use proc_macro2::Span;
use syn::{GenericArgument, Ident, Item, ItemStruct, PathArguments};

use super::RustTypes;
use super::progenitor_input::{TypeKeys, field_key};
use crate::model::{Api, Object, Shape, Type};
use crate::problem::{Problem, Problems};

/// Finds the types of the fields of each of the model's structs in progenitor's output.
pub(super) fn read_types(api: &Api, file: syn::File) -> Result<RustTypes, Problems> {
    let structs = structs(file);
    let mut problems = Vec::new();
    let types = api.types.iter().enumerate().map(|(index, ty)| {
        let Shape::Object(object) = &ty.shape else {
            return BTreeMap::new();
        };
        let fields = structs
            .get(&TypeKeys::key(index))
            .and_then(|item| fields(item, object));
        fields.unwrap_or_else(|| {
            let message = format!(
                "progenitor generated no struct for `{}`: describe it differently in an overlay",
                ty.name
            );
            problems.push(Problem::new(&ty.file, &ty.pointer, message));
            BTreeMap::new()
        })
    });
    let types = types.collect();
    Problems::check(problems, types)
}

/// Returns the structs of the module `types`, by name.
fn structs(file: syn::File) -> BTreeMap<String, ItemStruct> {
    let content = file.items.into_iter().find_map(|item| match item {
        Item::Mod(module) if module.ident == "types" => module.content,
        _ => None,
    });
    let items = content.map(|(_, items)| items).unwrap_or_default();
    let structs = items.into_iter().filter_map(|item| match item {
        Item::Struct(item) => Some((item.ident.to_string(), item)),
        _ => None,
    });
    structs.collect()
}

/// Returns the type of each field by its wire name, or `None` if a field is missing.
fn fields(item: &ItemStruct, object: &Object) -> Option<BTreeMap<String, syn::Type>> {
    let fields = object.fields.iter().enumerate().map(|(index, field)| {
        let key = field_key(index);
        let mut generated = item.fields.iter();
        let generated = generated.find(|it| it.ident.as_ref().is_some_and(|it| *it == key))?;
        let mut ty = generated.ty.clone();
        rename(&mut ty, &field.ty);
        Some((field.wire.clone(), ty))
    });
    fields.collect()
}

/// Changes `::std::vec::Vec<T12>` to `List<User>`, if the model's type is a list of users.
fn rename(ty: &mut syn::Type, model: &Type) {
    let syn::Type::Path(path) = ty else {
        return;
    };
    let Some(mut last) = path.path.segments.last().cloned() else {
        return;
    };
    // A recursive type is in a box, which the model does not know.
    let is_box = last.ident == "Box";
    let (name, value) = match model {
        _ if is_box => (None, model),
        Type::Named(_, name) => (Some(name.as_str()), model),
        Type::List(items) => (Some("List"), &**items),
        Type::Array(value) | Type::Map(value) | Type::Nullable(value) => (None, &**value),
        _ => (None, &Type::Json),
    };
    if let Some(name) = name {
        last.ident = Ident::new(name, Span::call_site());
    }
    if let PathArguments::AngleBracketed(arguments) = &mut last.arguments {
        arguments.colon2_token = None;
        let count = arguments.args.len();
        for (index, argument) in arguments.args.iter_mut().enumerate() {
            if let GenericArgument::Type(ty) = argument {
                // The key of a map is a string, and its value comes last.
                let is_value = index + 1 == count;
                rename(ty, if is_value { value } else { &Type::String });
            }
        }
    }
    path.path = syn::Path::from(last);
}
