//! Classifies a difference: which public items it affects, and how severe it is for callers.

use std::collections::BTreeSet;

use super::apply_renames::{Renames, component_pointer};
use super::change::{Change, ChangeKind};
use super::difference::Difference;
use super::public_api::PublicApi;
use super::severity::Severity;
use crate::names::{NameTable, TypeKey};

/// Subjects of changes that may add variants to an enum, or remove them from it.
const SUBJECTS_WITH_VARIANTS: [&str; 4] = ["union member", "type", "nullability", "optionality"];

/// Classifies a difference. Returns `None` for a component that was added or removed and that no
/// type is generated from.
pub(super) fn classify(difference: Difference, old: &PublicApi, new: &PublicApi) -> Option<Change> {
    let items = affected_items(&difference, old, new);
    let is_type = difference.subject == "type" && difference.kind != ChangeKind::Changed;
    if is_type && items.is_empty() {
        return None;
    }
    Some(Change {
        resource: String::new(),
        subject: difference.subject,
        kind: difference.kind,
        severity: severity(&difference, &items, old, new),
        pointer: difference.location.pointer,
        detail: difference.detail,
        items: items.into_iter().collect(),
    })
}

fn affected_items(difference: &Difference, old: &PublicApi, new: &PublicApi) -> BTreeSet<String> {
    let apis = match difference.kind {
        ChangeKind::Added => [new, old],
        _ => [old, new],
    };
    let mut items = BTreeSet::new();
    for pointer in &difference.location.item_pointers {
        for api in apis {
            items.extend(match &difference.enum_value {
                Some(value) => api.variants_at(pointer, value),
                None => api.items_at(pointer),
            });
            if !items.is_empty() {
                break;
            }
        }
        if items.is_empty() && difference.enum_value.is_some() {
            items.extend(new.items_at(pointer));
        }
    }
    items
}

fn severity(
    difference: &Difference,
    items: &BTreeSet<String>,
    old: &PublicApi,
    new: &PublicApi,
) -> Severity {
    let mut items = items.clone();
    if SUBJECTS_WITH_VARIANTS.contains(&difference.subject) {
        let variants = items.iter().flat_map(|it| old.changed_variants(new, it));
        let variants: Vec<String> = variants.collect();
        items.extend(variants);
    }
    let is_new = |item: &String| new.contains(item) && !old.contains(item);
    if items.iter().any(|item| old.is_broken_in(new, item)) {
        Severity::Breaking
    } else if items.iter().any(is_new) {
        Severity::Additive
    } else {
        difference.base_severity
    }
}

/// Classifies renames: they affect only the documentation, since public names stay the same.
pub(super) fn classify_renames(renames: &Renames, names: &NameTable) -> Vec<Change> {
    let change = |subject, pointer, (old, new): (&str, &str), item: Option<String>| Change {
        resource: String::new(),
        subject,
        kind: ChangeKind::Renamed,
        pointer,
        detail: format!("`{old}` → `{new}`"),
        items: item.into_iter().collect(),
        severity: Severity::DocsOnly,
    };
    let components = renames.components.iter().map(|(new, old)| {
        // Only a component that is a schema has a type of its own.
        let schema = old.strip_prefix("schemas/");
        let name = schema.and_then(|schema| names.type_name(&TypeKey::schema(schema)));
        let item = name.map(|name| format!("types::{}", name.name));
        // The pointer has the old name here, as those of all changes do until the report is
        // complete.
        change("component", component_pointer(old), (old, new), item)
    });
    let operations = renames.operations.iter().map(|(new, old)| {
        let item = names.operation_path(old);
        change("operation id", String::new(), (old, new), item)
    });
    components.chain(operations).collect()
}
