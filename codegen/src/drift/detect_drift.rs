//! Detects drift: compares the vendored document with the upstream document, and determines what
//! adopting the upstream document would change for callers of the SDK.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::adopt_document::adopt_document;
use super::apply_renames::Renames;
use super::change::{Change, ChangeKind};
use super::classify_change::{classify, classify_renames};
use super::compare_documents::compare_documents;
use super::detect_renames::detect_renames;
use super::drift_report::DriftReport;
use super::lowered_document::LoweredDocument;
use super::owning_resource::owning_resource;
use super::public_api::{ApiChanges, GeneratedApi};
use super::rename_targets::rename_targets;
use super::severity::Severity;
use super::unexplained_facts::unexplained_facts;
use super::unexplained_items::add_unexplained_items;
use crate::document::Overlays;
use crate::names::{NameTable, NamesByDocument};
use crate::{Inputs, Problem, Problems, Source, document};

/// Compares the vendored document of this name with the facts of the upstream document.
///
/// # Errors
///
/// Returns the problems of the vendored documents, or that there is none of this name. Problems of the upstream document are listed as
/// [blockers](DriftReport::blockers) instead.
pub fn detect_drift(
    inputs: &Inputs,
    document_name: &str,
    upstream: &Source,
) -> Result<DriftReport, Problems> {
    let index = inputs
        .index(document_name)
        .ok_or_else(|| Problem::new("", "", format!("there is no document `{document_name}`")))?;
    let old_value = parse_json(&inputs.documents[index].facts)?;
    let upstream_value = parse_json(upstream)?;
    let renames = detect_renames(&old_value, &upstream_value);
    // The documents are compared under the old names, so that renames do not appear as changes.
    let new_value = renames.restore_old_names(&upstream_value);

    let table = NameTable::parse(&inputs.names)?;
    let overlays = Overlays::parse(&inputs.overlays);
    let old = LoweredDocument::new(inputs, &overlays, &table, NamesByDocument::new())?;
    let new_source = Source {
        path: upstream.path.clone(),
        text: new_value.to_string(),
    };
    let new_inputs = inputs.with_document(document_name, &new_source);
    let values = (&old_value, &new_value);
    let adopted = adopt_document(
        (inputs, &new_inputs),
        &overlays,
        index,
        values,
        &table,
        &old,
    );
    let generated = adopted.lowered.and_then(|new| {
        // Actions of overlays that could not be updated.
        Problems::check(new.stale_actions.clone(), ())?;
        let new_api = GeneratedApi::new(&new.api, index, &inputs.sdk)?;
        Ok((new, new_api))
    });
    let mut others = inputs.documents.clone();
    others.remove(index);
    let others = others.iter().map(|it| parse_json(&it.facts));
    let others = others.collect::<Result<Vec<Value>, Problems>>()?;
    let mut report = DriftReport {
        changes: classify_renames(&renames, old.names.table()),
        names: inputs.names.text.clone(),
        overlays: changed(
            &inputs.overlays,
            rename_targets(&adopted.overlays.overlays, &renames, &others),
        ),
        stale_actions: adopted.overlays.stale,
        ..DriftReport::default()
    };
    let old_api = GeneratedApi::new(&old.api, index, &inputs.sdk)?;
    match generated {
        Ok((new, new_api)) => {
            let apis = ApiChanges::new(&old_api, &new_api);
            let type_modules = [&new.type_modules, &old.type_modules];
            add_changes(&mut report.changes, values, &apis, &type_modules);
            complete_changes(&mut report.changes, &type_modules, &renames);
            report.removed_items = apis.removed_items();
            report.undocumented = added(&old.undocumented, new.undocumented);
            report.notes = added_notes(&old.notes, new.notes);
            report.new_names = new.names.set_lines();
            report.names = renames.update_names(document_name, new.names);
        }
        Err(problems) => {
            let apis = ApiChanges::new(&old_api, &old_api);
            add_changes(&mut report.changes, values, &apis, &[&old.type_modules]);
            complete_changes(&mut report.changes, &[&old.type_modules], &renames);
            for change in &mut report.changes {
                change.severity = Severity::Unknown;
            }
            report.blockers = under_new_names(problems, upstream, &renames);
        }
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

/// Adds the changes between two documents that have the same names.
fn add_changes(
    changes: &mut Vec<Change>,
    (old_value, new_value): (&Value, &Value),
    apis: &ApiChanges<'_>,
    type_modules: &[&BTreeMap<String, String>],
) {
    let mut explained = BTreeSet::new();
    for difference in compare_documents(old_value, new_value) {
        if let Some(classified) = classify(difference, apis) {
            changes.push(classified.change);
            explained.extend(classified.explained);
        }
    }
    add_unexplained_items(changes, apis, &explained, type_modules);
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

/// Returns the path and the content of each overlay that was updated.
fn changed(old: &[Source], new: Vec<Source>) -> Vec<(String, String)> {
    let pairs = old.iter().zip(new);
    let changed = pairs.filter(|(old, new)| old.text != new.text);
    changed.map(|(_, new)| (new.path, new.text)).collect()
}

/// Returns the notes of `new` that `old` does not have, whose documents have other paths.
fn added_notes(old: &[Problem], new: Vec<Problem>) -> Vec<Problem> {
    let without_file = |note: &Problem| (note.pointer.clone(), note.message.clone());
    let old: BTreeSet<_> = old.iter().map(without_file).collect();
    let is_added = |note: &Problem| !old.contains(&without_file(note));
    new.into_iter().filter(is_added).collect()
}

/// Returns the items of `new` that `old` does not have.
fn added(old: &[String], new: Vec<String>) -> Vec<String> {
    let old: BTreeSet<&String> = old.iter().collect();
    new.into_iter().filter(|item| !old.contains(item)).collect()
}
