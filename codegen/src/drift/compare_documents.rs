//! Compares two documents: their settings, their operations and their components.

use std::collections::BTreeSet;

use serde_json::Value;

use super::compare_content::compare_content;
use super::compare_operations::compare_operations;
use super::compare_schemas::compare_schemas;
use super::difference::{Difference, Differences, Location};
use super::json_document::{DocumentPair, display_value, member_names};
use crate::json_pointer::escape;

/// Compares two documents in which the same things have the same names.
pub(super) fn compare_documents(old: &Value, new: &Value) -> Vec<Difference> {
    let mut differences = Differences::default();
    let documents = DocumentPair { old, new };
    compare_settings(documents, &mut differences);
    compare_operations(documents, &mut differences);
    compare_components(documents, &mut differences);
    differences.into_vec()
}

/// Compares what applies to all operations.
fn compare_settings(documents: DocumentPair<'_>, differences: &mut Differences) {
    for (subject, pointer) in [
        ("API version", "/info/version"),
        ("server", "/servers"),
        ("authentication", "/security"),
    ] {
        let (old, new) = (
            documents.old.pointer(pointer),
            documents.new.pointer(pointer),
        );
        if old != new {
            let detail = format!("{} → {}", display_value(old), display_value(new));
            let location = Location::new(pointer, Vec::new());
            differences.setting_changed(subject, &location, detail);
        }
    }
}

/// Compares schemas and responses that are components. Parameters that are components are compared
/// along with the operations that use them.
fn compare_components(documents: DocumentPair<'_>, differences: &mut Differences) {
    for kind in ["schemas", "responses"] {
        let (old, new) = (
            &documents.old["components"][kind],
            &documents.new["components"][kind],
        );
        let names: BTreeSet<&String> = member_names(old).chain(member_names(new)).collect();
        for name in names {
            let location = Location::at(format!("/components/{kind}/{}", escape(name)));
            match (old.get(name), new.get(name), kind) {
                (Some(old), Some(new), "schemas") => {
                    compare_schemas(old, new, &location, differences);
                }
                (Some(old), Some(new), _) => compare_content(old, new, &location, differences),
                (Some(_), None, "schemas") => {
                    differences.removed("type", &location, format!("`{name}`"));
                }
                (None, Some(_), "schemas") => {
                    differences.added("type", &location, format!("`{name}`"));
                }
                _ => {}
            }
        }
    }
}
