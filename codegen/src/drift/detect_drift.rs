//! Detects drift: compares the vendored document with the upstream document, and determines what
//! adopting the upstream document would change for callers of the SDK.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::apply_renames::Renames;
use super::change::{Change, ChangeKind};
use super::classify_change::{classify, classify_renames};
use super::compare_documents::compare_documents;
use super::detect_renames::detect_renames;
use super::drift_report::DriftReport;
use super::lowered_document::LoweredDocument;
use super::owning_resource::owning_resource;
use super::schema_places::schema_places;
use super::unexplained_facts::unexplained_facts;
use super::unexplained_items::add_unexplained_items;
use super::update_overlays::{UpdatedOverlays, update_overlays};
use crate::names::{NameTable, NamesByPointer};
use crate::{Documents, Problem, Problems, Source};

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

    let table = NameTable::parse(&documents.names)?;
    let no_suggestions = NamesByPointer::new();
    let old = LoweredDocument::new(&documents.api, &table, no_suggestions, &documents.overlays)?;
    let old_names = old.names.types_by_pointer();
    let places = schema_places(&old_value, &new_value, old_names);
    let new_source = Source {
        path: upstream.path.clone(),
        text: new_value.to_string(),
    };
    let kept_names = places.kept_names(old_names);
    let lower = |overlays: &[Source]| {
        LoweredDocument::new(&new_source, &table, kept_names.clone(), overlays)
    };
    let mut updated = UpdatedOverlays::unchanged(&documents.overlays);
    let mut lowered = lower(&updated.overlays);
    let fits = lowered.as_ref().is_ok_and(|it| it.stale_actions.is_empty());
    // Updating the overlays takes a while, and is rarely necessary.
    if !fits || !places.are_unchanged() {
        updated = update_overlays(&old_value, &new_value, &documents.overlays, &places);
        lowered = lower(&updated.overlays);
    }
    let (new, blockers) = match lowered {
        Ok(new) => (Some(new), Vec::new()),
        Err(problems) => (None, problems.0),
    };
    let mut report = DriftReport {
        changes: classify_renames(&renames, old.names.table()),
        blockers,
        names: documents.names.text.clone(),
        overlays: changed(
            &documents.overlays,
            renames.update_overlays(updated.overlays),
        ),
        stale_actions: updated.stale,
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
        report.notes = added(&old.notes, new.notes);
        // Actions of overlays that could not be updated.
        report.blockers.extend(new.stale_actions);
        report.new_names = new.names.set_lines();
        report.names = renames.update_names(new.names);
    }
    Ok(report)
}

fn parse_json(source: &Source) -> Result<Value, Problems> {
    serde_json::from_str(&source.text)
        .map_err(|error| Problem::new(&source.path, "", format!("invalid JSON: {error}")).into())
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

/// Returns the path and the content of each overlay that was updated.
fn changed(old: &[Source], new: Vec<Source>) -> Vec<(String, String)> {
    let pairs = old.iter().zip(new);
    let changed = pairs.filter(|(old, new)| old.text != new.text);
    changed.map(|(_, new)| (new.path, new.text)).collect()
}

/// Returns the items of `new` that `old` does not have.
fn added<T: Ord>(old: &[T], new: Vec<T>) -> Vec<T> {
    let old: BTreeSet<&T> = old.iter().collect();
    new.into_iter().filter(|item| !old.contains(item)).collect()
}
