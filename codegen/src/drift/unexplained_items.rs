//! Reports public items that differ although no change in the document explains it, so that the
//! required version bump does not depend on the comparison covering every keyword.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{Change, ChangeKind};
use super::owning_resource::owning_resource;
use super::public_api::{ApiChanges, parent_path};
use super::severity::Severity;

/// Adds the items that differ and are not `explained` to `changes`. An item that appears or
/// disappears along with an operation of its module is listed with the change of that operation.
pub(super) fn add_unexplained_items(
    changes: &mut Vec<Change>,
    apis: &ApiChanges<'_>,
    explained: &BTreeSet<String>,
    type_modules: &[&BTreeMap<String, String>],
) {
    let resource = |items: &[String]| owning_resource(items, type_modules);
    for (item, severity) in apis.iter() {
        if is_explained(item, apis, explained) {
            continue;
        }
        let unexplained = describe(item, severity, apis);
        let operation = changes.iter_mut().find(|change| {
            change.subject == "operation"
                && change.kind == unexplained.kind
                && resource(&change.items) == resource(&unexplained.items)
        });
        match operation {
            Some(operation) => operation.items.extend(unexplained.items),
            None => changes.push(unexplained),
        }
    }
}

fn describe(item: &str, severity: Severity, apis: &ApiChanges<'_>) -> Change {
    let (was, is) = (apis.old.items.get(item), apis.new.items.get(item));
    let (kind, detail) = match (was, is) {
        (Some(was), Some(is)) => (ChangeKind::Changed, was.describe_change(is)),
        (Some(_), None) => (ChangeKind::Removed, "it is no longer generated".to_owned()),
        (None, _) => (ChangeKind::Added, "it is generated now".to_owned()),
    };
    Change {
        resource: String::new(),
        subject: "public item",
        kind,
        pointer: String::new(),
        detail,
        items: vec![item.to_owned()],
        severity,
    }
}

/// Returns whether a change explains that the item differs. A member appears and disappears with its
/// type, and a further path of a type with the type.
fn is_explained(item: &str, apis: &ApiChanges<'_>, explained: &BTreeSet<String>) -> bool {
    let follows = |other: &str| {
        apis.is_added(item) && apis.is_added(other)
            || apis.is_removed(item) && apis.is_removed(other)
    };
    let (old, new) = (apis.old.items.get(item), apis.new.items.get(item));
    let exported = old.or(new).and_then(|it| it.exported());
    explained.contains(item) || follows(parent_path(item)) || exported.is_some_and(follows)
}
