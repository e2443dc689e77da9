//! Detects which components and operation ids upstream renamed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::apply_renames::Renames;
use super::json_document::operations;

/// Old components, each with the new components that references now point to instead.
type Candidates = BTreeMap<String, BTreeSet<String>>;

/// Detects renames that are certain. An operation id is renamed if another one has the same method
/// and path. A component is renamed if all references to it now refer to one other component, and
/// most of their members are the same.
pub(super) fn detect_renames(old: &Value, new: &Value) -> Renames {
    let mut renames = Renames {
        operations: renamed_operations(old, new),
        components: BTreeMap::new(),
    };
    // Each pass restores the names found so far, which makes more components comparable: a
    // component often refers to others that are renamed as well.
    loop {
        let found = renamed_components(old, &renames.restore_old_names(new));
        if found.is_empty() {
            return renames;
        }
        renames.components.extend(found);
    }
}

fn renamed_operations(old: &Value, new: &Value) -> BTreeMap<String, String> {
    let (old, new) = (operations(old), operations(new));
    let old_ids: BTreeSet<&str> = old.iter().map(|it| it.id).collect();
    let new_ids: BTreeSet<&str> = new.iter().map(|it| it.id).collect();
    let removed = old.iter().filter(|it| !new_ids.contains(it.id));
    let renamed = removed.filter_map(|removed| {
        let successor = new.iter().find(|it| it.route == removed.route)?;
        let is_new = !old_ids.contains(successor.id);
        is_new.then(|| (successor.id.to_owned(), removed.id.to_owned()))
    });
    renamed.collect()
}

fn renamed_components(old: &Value, new: &Value) -> BTreeMap<String, String> {
    let mut candidates = Candidates::new();
    collect_candidates(old, new, &mut candidates);
    let mut renames: BTreeMap<String, String> = BTreeMap::new();
    for (removed, successors) in candidates {
        let mut successors = successors.into_iter();
        let (Some(successor), None) = (successors.next(), successors.next()) else {
            continue;
        };
        let (was, is) = (component(old, &removed), component(new, &successor));
        let is_renamed = was.is_some()
            && component(new, &removed).is_none()
            && component(old, &successor).is_none()
            && is.is_some();
        if is_renamed && is_similar(was, is) && !renames.contains_key(&successor) {
            renames.insert(successor, removed);
        }
    }
    renames
}

fn component<'d>(document: &'d Value, name: &str) -> Option<&'d Value> {
    document.pointer(&format!("/components/{name}"))
}

/// Collects the places at which the documents refer to different components.
fn collect_candidates(old: &Value, new: &Value, candidates: &mut Candidates) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            if let (Some(was), Some(is)) = (
                referenced_component(old.get("$ref")),
                referenced_component(new.get("$ref")),
            ) {
                candidates.entry(was).or_default().insert(is);
                return;
            }
            for (name, old) in old {
                if let Some(new) = new.get(name) {
                    collect_candidates(old, new, candidates);
                }
            }
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            for (old, new) in old.iter().zip(new) {
                collect_candidates(old, new, candidates);
            }
        }
        _ => {}
    }
}

fn referenced_component(reference: Option<&Value>) -> Option<String> {
    let target = reference?.as_str()?.strip_prefix("#/components/")?;
    Some(target.to_owned())
}

/// Returns whether two components have at least half of their properties and enum values in common:
/// a renamed component may have changed as well.
pub(super) fn is_similar(old: Option<&Value>, new: Option<&Value>) -> bool {
    if old == new {
        return true;
    }
    let (old, new) = (member_names(old), member_names(new));
    let shared = old.intersection(&new).count();
    shared > 0 && shared * 2 >= old.union(&new).count()
}

/// Returns the names of all properties, and all enum values, within a component.
fn member_names(component: Option<&Value>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    collect_member_names(component.unwrap_or(&Value::Null), &mut names);
    names
}

fn collect_member_names(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::Object(properties)) = members.get("properties") {
                names.extend(properties.keys().cloned());
            }
            if let Some(Value::Array(values)) = members.get("enum") {
                names.extend(values.iter().map(ToString::to_string));
            }
            let members = members.values();
            members.for_each(|it| collect_member_names(it, names));
        }
        Value::Array(items) => items.iter().for_each(|it| collect_member_names(it, names)),
        _ => {}
    }
}
