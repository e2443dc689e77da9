//! Compares the responses of two versions of an operation, status by status.

use std::collections::BTreeSet;

use serde_json::Value;

use super::compare_content::compare_content;
use super::difference::{Differences, Location};
use super::json_document::{DocumentOperation, DocumentPair, member_names, resolve};

pub(super) fn compare_responses(
    documents: DocumentPair<'_>,
    old: &DocumentOperation<'_>,
    new: &DocumentOperation<'_>,
    differences: &mut Differences,
) {
    let (old_responses, new_responses) = (&old.value["responses"], &new.value["responses"]);
    let (mut was, mut is) = (statuses(old_responses), statuses(new_responses));
    let location = Location::at(format!("{}/responses", new.pointer));
    let compare = |old_status: &str, new_status: &str, differences: &mut Differences| {
        let (old, new) = (&old_responses[old_status], &new_responses[new_status]);
        let location = Location::at(format!("{}/{new_status}", location.pointer));
        compare_response(documents, (old, new), &location, differences);
    };
    if let (Some(old_success), Some(new_success)) = (success(&was), success(&is))
        && old_success != new_success
        && !is.contains(&old_success)
    {
        let detail = format!("{old_success} → {new_success}");
        differences.changed("status", &location, detail);
        compare(&old_success, &new_success, differences);
        was.remove(&old_success);
        is.remove(&new_success);
    }
    for status in was.union(&is) {
        if was.contains(status) && is.contains(status) {
            compare(status, status, differences);
        } else {
            let location = location.child(status);
            let is_added = is.contains(status);
            differences.added_or_removed("status", is_added, &location, status.clone());
        }
    }
}

fn compare_response(
    documents: DocumentPair<'_>,
    (old, new): (&Value, &Value),
    location: &Location,
    differences: &mut Differences,
) {
    if old.get("$ref").is_some() && old.get("$ref") == new.get("$ref") {
        // The response is a component, and those are compared once.
        return;
    }
    let old = resolve(documents.old, Some(old)).unwrap_or(&Value::Null);
    let new = resolve(documents.new, Some(new)).unwrap_or(&Value::Null);
    compare_content(old, new, location, differences);
}

fn statuses(responses: &Value) -> BTreeSet<String> {
    member_names(responses).cloned().collect()
}

/// Returns the first status of a successful response.
fn success(statuses: &BTreeSet<String>) -> Option<String> {
    let mut statuses = statuses.iter();
    statuses.find(|status| status.starts_with('2')).cloned()
}
