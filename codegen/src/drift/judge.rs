//! What a difference means: the items it touches, and whether callers' code depends on them.

use std::collections::{BTreeMap, BTreeSet};

use super::lowered::Lowered;
use super::rename::{self, Renames};
use super::surface::Surface;
use super::walk::Found;
use super::{Action, Change, Class};

/// What was found, with the items it touches and what it means; `None` for a component that is no
/// type of ours.
pub(super) fn change(found: Found, old: &Surface, new: &Surface) -> Option<Change> {
    let mut items = BTreeSet::new();
    let surfaces = match found.action {
        Action::Added => [new, old],
        _ => [old, new],
    };
    for place in &found.item_places {
        for surface in surfaces {
            let at = match &found.value {
                Some(value) => surface.variants(place, value),
                None => surface.at(place),
            };
            items.extend(at);
            if !items.is_empty() {
                break;
            }
        }
        if items.is_empty() && found.value.is_some() {
            items.extend(new.at(place));
        }
    }
    if found.subject == "type" && found.action != Action::Changed && items.is_empty() {
        return None;
    }
    let is_shape = matches!(found.subject, "union member" | "type" | "null" | "required");
    let within = |item: &String| children(old, new, item);
    let mut touched: BTreeSet<String> = items.iter().cloned().collect();
    if is_shape {
        touched.extend(items.iter().flat_map(within));
    }
    let breaks = touched.iter().any(|item| old.breaks(new, item));
    let is_new = |item: &String| new.items.contains_key(item) && !old.items.contains_key(item);
    let class = if breaks {
        Class::Breaks
    } else if touched.iter().any(is_new) {
        Class::Additive
    } else if found.class == Class::Additive {
        // Something is new upstream, and nothing here.
        Class::Docs
    } else {
        found.class
    };
    let items: Vec<String> = items.into_iter().collect();
    Some(Change {
        resource: String::new(),
        subject: found.subject,
        action: found.action,
        place: found.place,
        detail: found.detail,
        items,
        class,
    })
}

/// The variants of an enum that are in one surface and not in the other.
fn children(old: &Surface, new: &Surface, item: &str) -> Vec<String> {
    let is_enum = |surface: &Surface| surface.items.get(item).is_some_and(|it| it == "enum");
    if !is_enum(old) || !is_enum(new) {
        return Vec::new();
    }
    let start = format!("{item}::");
    let of = |surface: &Surface| -> BTreeSet<String> {
        let items = surface.items.keys().filter(|it| it.starts_with(&start));
        items.cloned().collect()
    };
    of(old).symmetric_difference(&of(new)).cloned().collect()
}

/// The module that the first of the items belongs to.
pub(super) fn resource<'m>(
    items: &[String],
    mut modules: impl Iterator<Item = &'m BTreeMap<String, String>>,
) -> String {
    let Some(item) = items.first() else {
        return "document".to_owned();
    };
    let mut parts = item.split("::");
    match (parts.next(), parts.next()) {
        (Some("types"), Some(name)) => {
            let module = modules.find_map(|modules| modules.get(name));
            module.cloned().unwrap_or_else(|| "types".to_owned())
        }
        (Some(module), _) => module.to_owned(),
        _ => "document".to_owned(),
    }
}

pub(super) fn renames_as_changes(renames: &Renames, old: &Lowered) -> Vec<Change> {
    let components = renames.components.iter().map(|(new, gone)| {
        // What else is made of it keeps its own name.
        let named = gone.strip_prefix("schemas/");
        let named = named.and_then(|name| old.names.known_type(name));
        let item = named.map(|name| format!("types::{}", name.name));
        Change {
            resource: String::new(),
            subject: "component",
            action: Action::Renamed,
            // Given under the new name with all others.
            place: rename::pointer(gone),
            detail: format!("`{gone}` → `{new}`"),
            items: item.into_iter().collect(),
            class: Class::Docs,
        }
    });
    let operations = renames.operations.iter().map(|(new, old_id)| {
        let detail = format!("`{old_id}` → `{new}`");
        let item = old.names.operation_path(old_id).unwrap_or_default();
        Change {
            resource: String::new(),
            subject: "operation id",
            action: Action::Renamed,
            place: String::new(),
            detail,
            items: vec![item],
            class: Class::Docs,
        }
    });
    components.chain(operations).collect()
}

/// Public items that are gone or others, and that no change accounts for: what a change brings with it.
pub(super) fn unexplained(changes: &[Change], old: &Lowered, new: &Lowered) -> Vec<Change> {
    let named: BTreeSet<&String> = changes.iter().flat_map(|it| &it.items).collect();
    let is_named = |item: &String| {
        let owner = item
            .rsplit_once("::")
            .map_or("", |(owner, _)| owner)
            .to_owned();
        let is_constructor = item.ends_with("::new");
        let of_owner = |it: &&String| it.starts_with(&format!("{owner}::"));
        let gone_with = !new.surface.items.contains_key(&owner) && owner.contains("::");
        named.contains(item)
            || gone_with
            || is_constructor && named.iter().any(of_owner)
            || named.contains(&owner)
                && old.surface.items.get(&owner).is_some_and(|it| it == "enum")
    };
    let items = old.surface.items.iter().filter(|(item, signature)| {
        new.surface.items.get(*item) != Some(signature) && !is_named(item)
    });
    let changes = items.map(|(item, was)| {
        let (action, detail) = match new.surface.items.get(item) {
            Some(is) => (Action::Changed, format!("`{was}` → `{is}`")),
            None => (Action::Removed, "nothing leads to it any more".to_owned()),
        };
        Change {
            resource: String::new(),
            subject: "public item",
            action,
            place: String::new(),
            detail,
            items: vec![item.clone()],
            class: Class::Breaks,
        }
    });
    changes.collect()
}

/// Adds a change, or, of an item that is gone with an operation of its module, the item to that.
pub(super) fn with_its_operation(
    changes: &mut Vec<Change>,
    change: Change,
    modules: &BTreeMap<String, String>,
) {
    let module = |items: &[String]| resource(items, [modules].into_iter());
    let operation = changes.iter_mut().find(|it| {
        (it.subject, it.action) == ("operation", Action::Removed)
            && module(&it.items) == module(&change.items)
    });
    match operation {
        Some(operation) if change.action == Action::Removed => operation.items.extend(change.items),
        _ => changes.push(change),
    }
}

/// Items that are gone, without those that are gone with what they belong to.
pub(super) fn gone(old: &Surface, new: &Surface) -> Vec<String> {
    let is_gone = |item: &str| old.items.contains_key(item) && !new.items.contains_key(item);
    let gone = old.items.keys().filter(|item| {
        let owner = item.rsplit_once("::").map_or("", |(owner, _)| owner);
        is_gone(item) && !is_gone(owner)
    });
    gone.cloned().collect()
}

pub(super) fn new_only(old: &[String], new: &[String]) -> Vec<String> {
    let old: BTreeSet<&String> = old.iter().collect();
    new.iter()
        .filter(|item| !old.contains(item))
        .cloned()
        .collect()
}
