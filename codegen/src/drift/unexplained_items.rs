//! Reports public items that changed or disappeared although no change in the document explains it,
//! so that the required version bump does not depend on the comparison covering every keyword.

use std::collections::BTreeSet;

use super::change::{Change, ChangeKind};
use super::lowered_document::LoweredDocument;
use super::owning_resource::owning_resource;
use super::public_api::{PublicApi, parent_path};
use super::severity::Severity;

/// Adds the unexplained items to `changes`. An item that disappears along with an operation of its
/// module is listed with the removal of that operation.
pub(super) fn add_unexplained_items(
    changes: &mut Vec<Change>,
    old: &LoweredDocument,
    new: &LoweredDocument,
) {
    let resource = |change: &Change| owning_resource(&change.items, &[&old.type_modules]);
    for unexplained in unexplained_items(changes, &old.public_api, &new.public_api) {
        let removed_operation = changes.iter_mut().find(|change| {
            change.subject == "operation"
                && change.kind == ChangeKind::Removed
                && resource(change) == resource(&unexplained)
        });
        match removed_operation {
            Some(operation) if unexplained.kind == ChangeKind::Removed => {
                operation.items.extend(unexplained.items);
            }
            _ => changes.push(unexplained),
        }
    }
}

fn unexplained_items(changes: &[Change], old: &PublicApi, new: &PublicApi) -> Vec<Change> {
    let explained = changes.iter().flat_map(|change| &change.items);
    let explained: BTreeSet<&str> = explained.map(String::as_str).collect();
    let items = old.items().filter(|(item, signature)| {
        new.signature(item) != Some(*signature) && !is_explained(item, &explained, old, new)
    });
    let changes = items.map(|(item, was)| {
        let (kind, detail) = match new.signature(item) {
            Some(is) => (ChangeKind::Changed, format!("`{was}` → `{is}`")),
            None => (ChangeKind::Removed, "it is no longer generated".to_owned()),
        };
        Change {
            resource: String::new(),
            subject: "public item",
            kind,
            pointer: String::new(),
            detail,
            items: vec![item.to_owned()],
            severity: Severity::Breaking,
        }
    });
    changes.collect()
}

/// Returns whether a change lists the item, or lists another item that this one changes along with.
fn is_explained(item: &str, explained: &BTreeSet<&str>, old: &PublicApi, new: &PublicApi) -> bool {
    let parent = parent_path(item);
    let is_sibling = |other: &&str| {
        let rest = other.strip_prefix(parent);
        rest.is_some_and(|rest| rest.starts_with("::"))
    };
    let is_removed_with_type = parent.contains("::") && !new.contains(parent);
    let is_constructor_of_changed_fields =
        item.ends_with("::new") && explained.iter().any(is_sibling);
    let is_variant_of_changed_enum = explained.contains(parent) && old.is_enum(parent);
    explained.contains(item)
        || is_removed_with_type
        || is_constructor_of_changed_fields
        || is_variant_of_changed_enum
}
