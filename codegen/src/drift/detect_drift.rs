//! Detects drift: compares the vendored document with the upstream document, and determines what
//! adopting the upstream document would change for callers of the SDK.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::apply_renames::Renames;
use super::carry_over_names::lower_with_carried_over_names;
use super::change::{Change, ChangeKind};
use super::classify_change::{classify, classify_renames};
use super::compare_documents::compare_documents;
use super::detect_renames::detect_renames;
use super::drift_report::DriftReport;
use super::lowered_document::LoweredDocument;
use super::owning_resource::owning_resource;
use super::unexplained_facts::unexplained_facts;
use super::unexplained_items::add_unexplained_items;
use crate::{Documents, Problem, Problems, Source, document};

/// Compares the vendored document with the facts of the upstream document.
///
/// # Errors
///
/// Returns the problems of the vendored documents. Problems of the upstream document are listed as
/// [blockers](DriftReport::blockers) instead.
pub fn detect_drift(documents: &Documents, upstream: &Source) -> Result<DriftReport, Problems> {
    let old_value = parse_json(&documents.api)?;
    let upstream_value = parse_json(upstream)?;
    let renames = detect_renames(&old_value, &upstream_value);
    // The documents are compared under the old names, so that renames do not appear as changes.
    let new_value = renames.restore_old_names(&upstream_value);

    let old = LoweredDocument::new(&documents.api, &documents.names, &documents.overlays)?;
    let new_source = Source {
        path: upstream.path.clone(),
        text: new_value.to_string(),
    };
    let (new, blockers) = match lower_with_carried_over_names(&old, &new_source, documents) {
        Ok(new) => (Some(new), Vec::new()),
        Err(problems) => (None, under_new_names(problems, upstream, &renames)),
    };
    let mut report = DriftReport {
        changes: classify_renames(&renames, &old.names),
        blockers,
        names: documents.names.text.clone(),
        overlays: renames.update_overlays(&documents.overlays),
        ..DriftReport::default()
    };
    add_changes(
        &mut report.changes,
        (&old_value, &new_value),
        &old,
        new.as_ref(),
    );
    let new_modules = new.as_ref().map(|new| &new.type_modules);
    let type_modules: Vec<_> = new_modules.into_iter().chain([&old.type_modules]).collect();
    complete_changes(&mut report.changes, &type_modules, &renames);
    if let Some(new) = new {
        report.removed_items = old.public_api.removed_items(&new.public_api);
        report.undocumented = added(&old.undocumented, new.undocumented);
        report.stale_actions = new.stale_actions;
        report.new_names = new.names.added_lines();
        report.names = renames.update_names(new.names);
    }
    Ok(report)
}

/// Returns problems with their places in the upstream document, in which some components have other names.
fn under_new_names(problems: Problems, upstream: &Source, renames: &Renames) -> Vec<Problem> {
    let mut problems = problems.0;
    for problem in &mut problems {
        if problem.file == upstream.path {
            problem.pointer = renames.to_new_pointer(&problem.pointer);
        }
    }
    problems
}

fn parse_json(source: &Source) -> Result<Value, Problems> {
    document::parse_json(&source.text)
        .map_err(|message| Problem::new(&source.path, "", message).into())
}

/// Adds the changes between two documents that have the same names. Without `new`, the public API
/// is assumed to stay the same.
fn add_changes(
    changes: &mut Vec<Change>,
    (old_value, new_value): (&Value, &Value),
    old: &LoweredDocument,
    new: Option<&LoweredDocument>,
) {
    let new_api = new.map_or(&old.public_api, |new| &new.public_api);
    for difference in compare_documents(old_value, new_value) {
        changes.extend(classify(difference, &old.public_api, new_api));
    }
    if let Some(new) = new {
        add_unexplained_items(changes, old, new);
    }
    changes.extend(unexplained_facts(old_value, new_value, changes));
}

/// Fills in the parts that depend on the whole report: the resource, the pointer into the upstream
/// document, and the order.
fn complete_changes(
    changes: &mut [Change],
    type_modules: &[&BTreeMap<String, String>],
    renames: &Renames,
) {
    for change in &mut *changes {
        change.resource = owning_resource(&change.items, type_modules);
        if change.kind != ChangeKind::Removed {
            change.pointer = renames.to_new_pointer(&change.pointer);
        }
    }
    changes.sort_by_cached_key(|change| {
        let Change {
            resource,
            pointer,
            detail,
            ..
        } = change.clone();
        (resource, pointer, detail)
    });
}

/// Returns the items of `new` that `old` does not have.
fn added(old: &[String], new: Vec<String>) -> Vec<String> {
    let old: BTreeSet<&String> = old.iter().collect();
    new.into_iter().filter(|item| !old.contains(item)).collect()
}
