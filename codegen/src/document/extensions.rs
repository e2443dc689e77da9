//! Checks the extensions that overlays add against the objects that they are added to: an extension that has no effect
//! is a mistake, or stale.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::openapi_objects::{ObjectKind, visit_objects};
use super::origins::{Origin, Origins};
use crate::json_pointer::escape;
use crate::problem::Problem;

/// The kind of object that each extension belongs to.
const KINDS: [(&str, ObjectKind); 10] = [
    ("x-constant", ObjectKind::Schema),
    ("x-error-statuses", ObjectKind::Operation),
    ("x-example", ObjectKind::Tag),
    ("x-may-be-missing", ObjectKind::Schema),
    ("x-metadata", ObjectKind::Schema),
    ("x-replacement", ObjectKind::Operation),
    ("x-secret", ObjectKind::Schema),
    ("x-sort-field", ObjectKind::Schema),
    ("x-timestamp", ObjectKind::Schema),
    ("x-type", ObjectKind::Schema),
];

/// Extensions that document several things by name: the member with the things, and the one with the names.
const DOCUMENTED_NAMES: [(ObjectKind, &str, &str); 2] = [
    (ObjectKind::Schema, "/x-type/values", "enum"),
    (ObjectKind::Operation, "/x-error-statuses", "responses"),
];

/// Returns a problem for each extension of an overlay that is in the wrong kind of object.
pub(super) fn misplaced_extensions(
    document: &Value,
    file: &str,
    origins: &Origins,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    visit_objects(document, &mut |kind, pointer, value| {
        for (name, expected) in KINDS {
            if kind == expected || value.get(name).is_none() {
                continue;
            }
            let detail = format!("/{name}");
            // Upstream's own extensions can have any name.
            if origins.find(&format!("{pointer}{detail}")).is_some() {
                let message = format!(
                    "`{name}` has no effect on a {kind:?} object, only on a {expected:?} object: correct the target"
                );
                problems.push(origins.problem(file, (pointer, &detail), message));
            }
        }
    });
    problems
}

/// Returns a problem for each enum value or status that an overlay documents, but that no object it applies to has.
/// Statuses that HTTP defines are documented for all operations at once, whether or not one of them lists the status.
pub(super) fn stale_documentation(document: &Value, origins: &Origins) -> Vec<Problem> {
    let mut is_used: BTreeMap<Origin, bool> = BTreeMap::new();
    visit_objects(document, &mut |kind, pointer, value| {
        for (expected, documentation, names) in DOCUMENTED_NAMES {
            let documented = value.pointer(documentation).and_then(Value::as_object);
            if kind != expected {
                continue;
            }
            for name in documented.into_iter().flat_map(Map::keys) {
                let place = format!("{pointer}{documentation}/{}", escape(name));
                if let Some(origin) = origins.find(&place) {
                    let used = is_used.entry(origin).or_default();
                    *used |= has_name(&value[names], name)
                        || kind == ObjectKind::Operation && is_registered_status(name);
                }
            }
        }
    });
    let stale = is_used.into_iter().filter(|(_, is_used)| !is_used);
    let problems = stale.map(|(Origin { file, pointer }, _)| {
        let name = pointer.rsplit('/').next().unwrap_or_default();
        let message = format!(
            "nothing that this action applies to has `{name}`: correct it, or remove it if the upstream document has changed"
        );
        Problem::new(file, pointer, message)
    });
    problems.collect()
}

fn has_name(names: &Value, name: &str) -> bool {
    match names {
        Value::Array(values) => values.iter().any(|value| value == name),
        names => names.get(name).is_some(),
    }
}

/// Returns whether HTTP defines this status of an error.
fn is_registered_status(name: &str) -> bool {
    matches!(
        name.parse(),
        Ok(400..=417 | 421..=426 | 428 | 429 | 431 | 451 | 500..=508 | 510 | 511)
    )
}
