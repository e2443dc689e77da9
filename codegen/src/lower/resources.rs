//! Resources: the operations of each module in reading order, with the module's documentation and
//! the types that it re-exports.

use std::collections::{BTreeMap, BTreeSet};

use openapiv3::Tag;

use crate::document::Document;
use crate::model::{Namespace, Operation, Resource, Shape, TypeDef};

/// Assembles the resource of each module.
pub(super) fn resources(
    document: &Document,
    modules: BTreeMap<String, Vec<Operation>>,
    types: &[TypeDef],
) -> Vec<Resource> {
    let modules = modules.into_iter();
    modules
        .map(|(module, mut operations)| {
            operations.sort_by_key(reading_order);
            let tag = module_tag(document, &module);
            Resource {
                docs: tag.and_then(|tag| tag.description.clone()),
                example: tag.and_then(example),
                exports: exports(&module, &operations, types),
                module,
                operations,
            }
        })
        .collect()
}

/// Returns the sort key of an operation: the common operations come first, the others follow by
/// name.
fn reading_order(operation: &Operation) -> (usize, String) {
    const FIRST: [&str; 6] = ["list", "count", "get", "create", "update", "delete"];
    let rank = FIRST.iter().position(|name| *name == operation.name);
    (rank.unwrap_or(FIRST.len()), operation.name.clone())
}

/// Returns the tag with a module's name, by which an overlay documents the module.
fn module_tag<'d>(document: &'d Document, module: &str) -> Option<&'d Tag> {
    let mut tags = document.openapi.tags.iter();
    tags.find(|tag| tag.name == module)
}

fn example(tag: &Tag) -> Option<String> {
    let example = tag.extensions.get("x-example")?.as_str()?;
    Some(example.trim().to_owned())
}

/// Returns the types that a module re-exports: those that belong to it, and those that its
/// operations take or return.
fn exports(module: &str, operations: &[Operation], types: &[TypeDef]) -> Vec<String> {
    let own = types.iter().filter_map(|it| match &it.namespace {
        Namespace::Types(home) if home == module => Some(it.name.as_str()),
        _ => None,
    });
    let returned = operations.iter().filter_map(|it| it.returns.shared());
    let taken = types
        .iter()
        .filter(|it| it.namespace == Namespace::Module(module.to_owned()))
        .flat_map(|it| match &it.shape {
            Shape::Object(object) => object.fields.as_slice(),
            _ => &[],
        })
        .filter_map(|field| field.ty.shared());
    let exports: BTreeSet<&str> = own.chain(returned).chain(taken).collect();
    exports.into_iter().map(str::to_owned).collect()
}
