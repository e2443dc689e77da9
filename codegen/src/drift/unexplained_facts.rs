//! Reports places where the documents differ but the comparison found no change, so
//! that "no drift" means that the documents are equivalent.
//!
//! The comparison covers what the generator uses. This covers everything else in the format.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::change::{Change, ChangeKind};
use super::severity::Severity;
use crate::json_pointer::escape;

/// The prefix of keys that only suggest a name to items that have none in `names.toml`.
const NAMING_HINTS: &str = "x-speakeasy";

/// Returns a change for each place that differs and that none of `changes` is about.
pub(super) fn unexplained_facts(old: &Value, new: &Value, changes: &[Change]) -> Vec<Change> {
    let mut pointers = Vec::new();
    collect_differing(old, new, &mut String::new(), &mut pointers);
    let is_explained = |pointer: &str| {
        // Whether a property is required is a change of the property.
        let properties = pointer
            .strip_suffix("/required")
            .map(|it| format!("{it}/properties"));
        // A route that moved is reported at its new path only.
        let is_path = pointer
            .rsplit_once('/')
            .is_some_and(|(parent, _)| parent == "/paths");
        let explains = |changed: &str| {
            if is_path && is_within(changed, "/paths") {
                return true;
            }
            let is_about = |pointer: &str| is_within(changed, pointer);
            is_about(pointer)
                || is_within(pointer, changed)
                || properties.as_deref().is_some_and(is_about)
        };
        changes
            .iter()
            .any(|change| !change.pointer.is_empty() && explains(&change.pointer))
    };
    let unexplained = pointers.into_iter().filter(|it| !is_explained(it));
    let changes = unexplained.map(|pointer| Change {
        resource: String::new(),
        subject: "fact",
        kind: ChangeKind::Changed,
        pointer,
        detail: "the SDK does not use it".to_owned(),
        items: Vec::new(),
        severity: Severity::DocsOnly,
    });
    changes.collect()
}

/// Returns whether a pointer is `outer`, or points into it.
fn is_within(pointer: &str, outer: &str) -> bool {
    let rest = pointer.strip_prefix(outer);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Collects the pointers of the outermost values that differ.
fn collect_differing(old: &Value, new: &Value, pointer: &mut String, pointers: &mut Vec<String>) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            for name in names {
                if name.starts_with(NAMING_HINTS) {
                    continue;
                }
                let length = pointer.len();
                pointer.push('/');
                pointer.push_str(&escape(name));
                match (old.get(name), new.get(name)) {
                    (Some(old), Some(new)) => collect_differing(old, new, pointer, pointers),
                    _ => pointers.push(pointer.clone()),
                }
                pointer.truncate(length);
            }
        }
        (Value::Array(old), Value::Array(new)) if has_same_items(old, new) => {}
        (old, new) if old != new => pointers.push(pointer.clone()),
        _ => {}
    }
}

/// Returns whether two arrays have the same items. Their order has no meaning in any array of the
/// format, nor in those within the items.
fn has_same_items(old: &[Value], new: &[Value]) -> bool {
    old == new || sorted(old) == sorted(new)
}

fn sorted(items: &[Value]) -> Vec<String> {
    let mut items: Vec<String> = items.iter().map(without_order).collect();
    items.sort();
    items
}

/// Formats a value in the same way whatever its order.
fn without_order(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("{:?}", sorted(items)),
        Value::Object(members) => {
            let members = members.iter();
            let members: BTreeMap<&String, String> = members
                .map(|(name, member)| (name, without_order(member)))
                .collect();
            format!("{members:?}")
        }
        scalar => scalar.to_string(),
    }
}
