//! Lists the items that the overlays do not document.

use crate::model::{Api, Namespace, Operation, Resource, Shape, TypeDef};
use crate::settings::CommonError;

/// Returns the path of every item without documentation, sorted.
pub(crate) fn undocumented_items(api: &Api, common: &[CommonError]) -> Vec<String> {
    let resources = api.resources.iter();
    let resources = resources.flat_map(|it| undocumented_in_resource(it, common));
    let types = api.types.iter().flat_map(undocumented_in_type);
    let events = api.events.iter().filter(|event| event.docs.is_none());
    let events = events.map(|event| format!("event {}", event.kind));
    let mut items: Vec<String> = resources.chain(types).chain(events).collect();
    items.sort();
    items
}

fn undocumented_in_resource(resource: &Resource, common: &[CommonError]) -> Vec<String> {
    let module = &resource.module;
    let mut items = Vec::new();
    if resource.docs.is_none() {
        items.push(module.clone());
    }
    if resource.example.is_none() {
        items.push(format!("{module} (example)"));
    }
    let operations = resource.operations.iter();
    items.extend(operations.flat_map(|it| undocumented_in_operation(module, it, common)));
    items
}

fn undocumented_in_operation(
    module: &str,
    operation: &Operation,
    common: &[CommonError],
) -> Vec<String> {
    let path = format!("{module}::{}", operation.name);
    let mut items = Vec::new();
    if operation.docs.is_none() {
        items.push(path.clone());
    }
    if operation.deprecated && operation.replacement.is_none() {
        items.push(format!("{path} (replacement)"));
    }
    let statuses = operation.error_statuses.iter();
    let is_common = |status: u16| common.iter().any(|it| it.status == status);
    let undocumented =
        statuses.filter(|(status, meaning)| meaning.is_none() && !is_common(*status));
    items.extend(undocumented.map(|(status, _)| format!("{path} {status}")));
    items
}

fn undocumented_in_type(ty: &TypeDef) -> Vec<String> {
    let path = match &ty.namespace {
        Namespace::Types(_) => format!("types::{}", ty.name),
        Namespace::Module(module) => format!("{module}::{}", ty.name),
    };
    let mut items = Vec::new();
    if ty.docs.is_none() {
        items.push(path.clone());
    }
    match &ty.shape {
        Shape::Object(object) => {
            let fields = object.fields.iter().filter(|field| field.docs.is_none());
            items.extend(fields.map(|field| format!("{path}.{}", field.wire)));
        }
        Shape::Strings(values) => {
            let values = values.iter();
            let undocumented = values.filter(|value| !ty.value_docs.contains_key(*value));
            items.extend(undocumented.map(|value| format!("{path}::{value}")));
        }
        // A member of a union is documented by its type.
        Shape::Union(_) => {}
    }
    items
}
