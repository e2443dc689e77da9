//! The net under the comparison: facts that differ at places where no change was found.
//!
//! The comparison knows what the generator reads. What else the format has is reported here, so that
//! "no drift" means that nothing differs.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Action, Change, Class};
use crate::json_pointer::escape;

/// Keys that name things only as long as they have no name of ours.
const HINTS: [&str; 2] = ["tags", "x-speakeasy"];

pub(super) fn differences(old: &Value, new: &Value, changes: &[Change]) -> Vec<Change> {
    let mut places = Vec::new();
    compare(old, new, &mut String::new(), &mut places);
    let is_known = |place: &str| {
        let parent = place.rsplit_once('/').map_or("", |(parent, _)| parent);
        let related = |known: &str| {
            !known.is_empty() && (known.starts_with(parent) || place.starts_with(known))
        };
        changes.iter().any(|change| related(&change.place))
    };
    let rest = places.into_iter().filter(|place| !is_known(place));
    rest.map(|place| Change {
        resource: String::new(),
        subject: "fact",
        action: Action::Changed,
        detail: "the SDK does not read it".to_owned(),
        items: Vec::new(),
        class: Class::Docs,
        place,
    })
    .collect()
}

/// Collects the outermost places that differ.
fn compare(old: &Value, new: &Value, at: &mut String, places: &mut Vec<String>) {
    match (old, new) {
        (Value::Object(one), Value::Object(other)) => {
            let names: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
            for name in names {
                if HINTS.iter().any(|hint| name.starts_with(hint)) {
                    continue;
                }
                let length = at.len();
                at.push('/');
                at.push_str(&escape(name));
                match (one.get(name), other.get(name)) {
                    (Some(one), Some(other)) => compare(one, other, at, places),
                    _ => places.push(at.clone()),
                }
                at.truncate(length);
            }
        }
        (Value::Array(one), Value::Array(other)) if !same_items(one, other) => {
            places.push(at.clone());
        }
        (Value::Array(_), Value::Array(_)) => {}
        (one, other) if one != other => places.push(at.clone()),
        _ => {}
    }
}

/// Whether two lists hold the same, in whatever order: no list of the format means anything by it.
fn same_items(one: &[Value], other: &[Value]) -> bool {
    let sorted = |items: &[Value]| {
        let mut texts: Vec<String> = items.iter().map(ToString::to_string).collect();
        texts.sort();
        texts
    };
    sorted(one) == sorted(other)
}
