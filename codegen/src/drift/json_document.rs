//! Access to an OpenAPI document as plain JSON: its operations, and the targets of its references.

use serde_json::Value;

use crate::json_pointer::escape;

/// The two documents that are compared.
#[derive(Clone, Copy)]
pub(super) struct DocumentPair<'d> {
    pub(super) old: &'d Value,
    pub(super) new: &'d Value,
}

/// An operation of a document.
pub(super) struct DocumentOperation<'d> {
    pub(super) id: &'d str,
    /// The method and the path, such as `GET /users/{user_id}`.
    pub(super) route: String,
    pub(super) pointer: String,
    pub(super) value: &'d Value,
    /// The parameters that all operations of the path share.
    pub(super) path_parameters: &'d Value,
}

/// Lists the operations and events of a document that have an operation id.
pub(super) fn operations(document: &Value) -> Vec<DocumentOperation<'_>> {
    let mut operations = Vec::new();
    for (root, path, item) in path_items(document) {
        for (method, value) in item.as_object().into_iter().flatten() {
            if let Some(id) = value["operationId"].as_str() {
                operations.push(DocumentOperation {
                    id,
                    route: format!("{} {path}", method.to_uppercase()),
                    pointer: format!("/{root}/{}/{method}", escape(path)),
                    value,
                    path_parameters: &item["parameters"],
                });
            }
        }
    }
    operations
}

/// Lists the path items: those of operations, and those of events, which are under an extension of the document.
fn path_items(document: &Value) -> impl Iterator<Item = (&String, &String, &Value)> {
    let roots = document.as_object().into_iter().flatten();
    let roots = roots.filter(|(root, _)| *root == "paths" || root.starts_with("x-"));
    roots.flat_map(|(root, items)| {
        let items = items.as_object().into_iter().flatten();
        items.map(move |(path, item)| (root, path, item))
    })
}

/// Returns the target if `value` is a reference, otherwise `value` itself.
pub(super) fn resolve<'d>(document: &'d Value, value: Option<&'d Value>) -> Option<&'d Value> {
    let value = value?;
    match value["$ref"].as_str() {
        Some(target) => document.pointer(target.strip_prefix('#')?),
        None => Some(value),
    }
}

/// Returns the member names of an object, or none if `value` is not an object.
pub(super) fn member_names(value: &Value) -> impl Iterator<Item = &String> {
    value.as_object().into_iter().flat_map(|it| it.keys())
}

/// Formats a value for the detail of a change.
pub(super) fn display_value(value: Option<&Value>) -> String {
    value.map_or_else(|| "not set".to_owned(), Value::to_string)
}
