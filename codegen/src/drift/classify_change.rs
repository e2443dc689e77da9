//! Classifies a difference: which public items it affects, and how severe it is for callers.

use std::collections::BTreeSet;

use super::apply_renames::{Renames, component_pointer};
use super::change::{Change, ChangeKind};
use super::difference::Difference;
use super::generated_items::ItemsAt;
use super::public_api::ApiChanges;
use super::severity::Severity;
use crate::names::{NameTable, TypeKey};

/// Subjects of differences in which whole elements of the document take the place of others, so that
/// the types within them differ as well.
const REPLACED_SUBJECTS: [&str; 2] = ["type", "content type"];

/// Subjects of differences that may add members to a type, or remove them from it.
const SUBJECTS_WITH_MEMBERS: [&str; 6] = [
    "union member",
    "allOf member",
    "discriminator",
    "type",
    "nullability",
    "optionality",
];

/// A difference with its public items.
pub(super) struct ClassifiedDifference {
    pub(super) change: Change,
    /// The items that are different because of it, including those that the change does not list.
    pub(super) explained: BTreeSet<String>,
}

/// Classifies a difference. Returns `None` for a component that was added or removed and that no
/// type is generated from.
pub(super) fn classify(
    difference: Difference,
    apis: &ApiChanges<'_>,
) -> Option<ClassifiedDifference> {
    let affected = AffectedItems::new(&difference, apis);
    let is_type = difference.subject == "type" && difference.kind != ChangeKind::Changed;
    if is_type && affected.listed.is_empty() {
        return None;
    }
    let listed = affected.listed.iter().chain(&affected.unlisted);
    let effects = listed.filter_map(|item| apis.effect(item));
    let severity = effects.chain([difference.base_severity]).max();
    let change = Change {
        resource: String::new(),
        subject: difference.subject,
        kind: difference.kind,
        severity: severity.unwrap_or(difference.base_severity),
        pointer: difference.location.pointer,
        detail: difference.detail,
        items: affected.listed.iter().cloned().collect(),
    };
    let explained = affected.listed.into_iter().chain(affected.unlisted);
    Some(ClassifiedDifference {
        change,
        explained: explained.collect(),
    })
}

/// The public items that a difference affects.
#[derive(Default)]
struct AffectedItems {
    listed: BTreeSet<String>,
    unlisted: BTreeSet<String>,
}

impl AffectedItems {
    fn new(difference: &Difference, apis: &ApiChanges<'_>) -> Self {
        let mut affected = Self::default();
        for pointer in &difference.location.item_pointers {
            affected.add_items_at(pointer, difference, apis);
            if difference.subject == "parameter" {
                affected.add_function_with_parameter(pointer, apis);
            }
            if is_replaced(difference) {
                affected.add_types_within(pointer, difference, apis);
            }
        }
        let has_members = SUBJECTS_WITH_MEMBERS.contains(&difference.subject);
        for item in affected.listed.clone() {
            affected.unlisted.extend(apis.constructor_of(&item));
            if has_members {
                let members = apis.changed_members(&item).map(str::to_owned);
                affected.unlisted.extend(members);
            }
        }
        affected
    }

    /// Adds the items that are generated from the element at `pointer`, and the fields and functions
    /// whose types change along with them.
    fn add_items_at(&mut self, pointer: &str, difference: &Difference, apis: &ApiChanges<'_>) {
        let (old, new) = (apis.old.elements, apis.new.elements);
        let (was, is) = (old.at(pointer), new.at(pointer));
        let (first, second) = match difference.kind {
            ChangeKind::Added => (&is.items, &was.items),
            _ => (&was.items, &is.items),
        };
        let variants = difference.enum_value.as_ref().map(|value| {
            let variants = old.variants_at(pointer, value).into_iter();
            let variants = variants.chain(new.variants_at(pointer, value));
            let variants = variants.filter(|it| apis.effect(it).is_some());
            variants.collect::<Vec<String>>()
        });
        let variants = variants.unwrap_or_default();
        let items = [&variants, first, second];
        let items = items.into_iter().find(|items| !items.is_empty());
        self.listed.extend(items.into_iter().flatten().cloned());
        let users = was.users.into_iter().chain(is.users);
        self.listed
            .extend(users.filter(|it| apis.effect(it).is_some()));
    }

    /// Adds the function that has the parameter at `pointer`, if the parameter changes how the list is
    /// paginated, or if it is the only one, which decides whether the function has a params struct.
    fn add_function_with_parameter(&mut self, pointer: &str, apis: &ApiChanges<'_>) {
        let Some((parameters, _)) = pointer.rsplit_once('/') else {
            return;
        };
        for api in [&apis.old, &apis.new] {
            let ItemsAt { items, users } = api.elements.at(parameters);
            let is_replaced = items
                .iter()
                .any(|it| apis.is_added(it) || apis.is_removed(it));
            let users = users.into_iter().filter(|it| match apis.effect(it) {
                Some(Severity::WireLevel) => true,
                Some(_) => is_replaced,
                None => false,
            });
            self.listed.extend(users);
            if is_replaced {
                self.listed.extend(items);
            }
        }
    }

    /// Adds the types that are generated from the element at `pointer` or from one within it. Those of
    /// an operation are listed: nothing else in its change mentions them.
    fn add_types_within(&mut self, pointer: &str, difference: &Difference, apis: &ApiChanges<'_>) {
        let items = match difference.subject {
            "operation" => &mut self.listed,
            _ => &mut self.unlisted,
        };
        for api in [&apis.old, &apis.new] {
            let types = api.elements.types_within(pointer);
            let types = types.filter(|it| apis.effect(it).is_some());
            items.extend(types.map(str::to_owned));
        }
    }
}

fn is_replaced(difference: &Difference) -> bool {
    match difference.kind {
        ChangeKind::Changed => REPLACED_SUBJECTS.contains(&difference.subject),
        _ => difference.subject != "deprecation",
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
