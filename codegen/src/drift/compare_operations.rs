//! Compares the operations of two documents: which exist, and how each one changed.

use std::collections::BTreeMap;

use serde_json::Value;

use super::compare_content::compare_content;
use super::compare_parameters::ParameterComparison;
use super::compare_responses::compare_responses;
use super::compare_schemas::compare_deprecation;
use super::difference::{Differences, Location};
use super::json_document::{DocumentOperation, DocumentPair, operations, resolve};

pub(super) fn compare_operations(documents: DocumentPair<'_>, differences: &mut Differences) {
    let (old, new) = (by_id(documents.old), by_id(documents.new));
    let mut parameters = ParameterComparison::new(documents);
    for (id, old_operation) in &old {
        match new.get(id) {
            Some(new_operation) => {
                compare_operation(old_operation, new_operation, differences);
                parameters.compare_operation(old_operation, new_operation, differences);
                compare_request_body(documents, old_operation, new_operation, differences);
                compare_responses(documents, old_operation, new_operation, differences);
            }
            None => {
                let route = old_operation.route.clone();
                differences.removed("operation", &location(old_operation), route);
            }
        }
    }
    for (id, operation) in &new {
        if !old.contains_key(id) {
            differences.added("operation", &location(operation), operation.route.clone());
        }
    }
    parameters.compare_shared(differences);
}

fn by_id(document: &Value) -> BTreeMap<&str, DocumentOperation<'_>> {
    let operations = operations(document).into_iter();
    operations.map(|it| (it.id, it)).collect()
}

fn location(operation: &DocumentOperation<'_>) -> Location {
    Location::at(operation.pointer.clone())
}

/// Compares what an operation itself states: its route, its authentication and its deprecation.
fn compare_operation(
    old: &DocumentOperation<'_>,
    new: &DocumentOperation<'_>,
    differences: &mut Differences,
) {
    let location = location(new);
    if old.route != new.route {
        let detail = format!("{} → {}", old.route, new.route);
        differences.changed("route", &location, detail);
    }
    let (was, is) = (&old.value["security"], &new.value["security"]);
    if was != is {
        let detail = format!("{} → {}", describe_security(was), describe_security(is));
        differences.changed("authentication", &location, detail);
    }
    compare_deprecation(old.value, new.value, &location, differences);
}

fn compare_request_body(
    documents: DocumentPair<'_>,
    old: &DocumentOperation<'_>,
    new: &DocumentOperation<'_>,
    differences: &mut Differences,
) {
    let location = Location::at(format!("{}/requestBody", new.pointer));
    let old = resolve(documents.old, old.value.get("requestBody"));
    let new = resolve(documents.new, new.value.get("requestBody"));
    match (old, new) {
        (Some(old), Some(new)) => compare_content(old, new, &location, differences),
        (Some(_), None) => {
            let detail = "the operation no longer accepts a request body".to_owned();
            differences.removed("request body", &location, detail);
        }
        (None, Some(_)) => {
            let detail = "the operation now accepts a request body".to_owned();
            differences.added("request body", &location, detail);
        }
        (None, None) => {}
    }
}

/// Describes the security requirements of an operation.
fn describe_security(security: &Value) -> String {
    match security.as_array().map(Vec::as_slice) {
        None => "document default".to_owned(),
        Some([]) => "none".to_owned(),
        Some(_) => security.to_string(),
    }
}
