//! Tests of responses that are truncated, not JSON, or not Unicode, and of duplicate object keys.

use clerk_sdk_tests::json_differences;
use serde_json::{Value, json};

use super::malformed_response_checker::MalformedResponseChecker;
use super::node_selection::{SeenNodes, unseen_nodes};
use super::responding_operation::operations_with_distinct_responses;
use crate::schema_instances::{FieldSelection, NodeKind};

#[tokio::test]
async fn a_response_truncated_at_any_byte_is_an_error() {
    let mut checker = MalformedResponseChecker::new();
    for operation in operations_with_distinct_responses() {
        let response = operation.generate_response(FieldSelection::Required);
        let complete = response.value.to_string();
        for length in (0..complete.len()).step_by(5) {
            let truncated = &complete.as_bytes()[..length];
            checker.expect_error(&operation, truncated).await;
        }
    }
    checker.finish();
}

#[tokio::test]
async fn a_response_that_is_not_json_is_an_error() {
    let mut checker = MalformedResponseChecker::new();
    for operation in operations_with_distinct_responses() {
        let response = operation.generate_response(FieldSelection::All);
        let valid = response.value.to_string();
        for malformed in [
            format!("\u{feff}\u{feff}{valid}"),
            format!("{valid}{valid}"),
            format!("{valid}\0"),
            format!("{valid} // comment"),
            valid.replacen(':', "=", 1),
            valid.replacen('"', "'", 2),
            valid.replacen('"', "", 1),
            "NaN".to_owned(),
            "<!doctype html>".to_owned(),
        ] {
            checker.expect_error(&operation, malformed.as_bytes()).await;
        }
    }
    checker.finish();
}

#[tokio::test]
async fn a_string_with_invalid_unicode_is_an_error_or_a_value() {
    let mut checker = MalformedResponseChecker::new();
    let mut seen = SeenNodes::new();
    const PLACEHOLDER: &str = "<placeholder>";
    for operation in operations_with_distinct_responses() {
        let instance = operation.generate_response(FieldSelection::All);
        for node in unseen_nodes(&instance, &mut seen) {
            if !matches!(node.kind, NodeKind::String | NodeKind::Enum(_)) {
                continue;
            }
            let response = instance.replace_at(&node.pointer, json!(PLACEHOLDER));
            let response = response.to_string();
            let (before, after) = response
                .split_once(PLACEHOLDER)
                .expect("the response contains the placeholder");
            for invalid in [&b"\xff"[..], b"\xed\xa0\x80", b"\xc0\xaf", b"a\0b", b"\n"] {
                let body = [before.as_bytes(), invalid, after.as_bytes()].concat();
                checker.expect_error(&operation, &body).await;
            }
            for escape in [r"\ud800", r"\udc00\ud800", r"\u0000", r"\x"] {
                let body = [before, escape, after].concat();
                checker.decode(&operation, body.as_bytes()).await;
            }
        }
    }
    checker.finish();
}

#[tokio::test]
async fn the_last_value_of_a_duplicate_key_wins() {
    let mut checker = MalformedResponseChecker::new();
    // Sorts before all documented names, so that the original value is the last one.
    const PLACEHOLDER: &str = "<placeholder>";
    let mut seen = SeenNodes::new();
    for operation in operations_with_distinct_responses() {
        let instance = operation.generate_response(FieldSelection::All);
        for node in unseen_nodes(&instance, &mut seen) {
            let Value::Object(members) = instance.at(&node.pointer) else {
                continue;
            };
            for (name, value) in members {
                let mut members = members.clone();
                members.insert(PLACEHOLDER.to_owned(), value.clone());
                let body = instance.replace_at(&node.pointer, Value::Object(members));
                let body = body.to_string().replace(PLACEHOLDER, name);
                match checker.decode(&operation, body.as_bytes()).await {
                    Some(decoded) if json_differences(&instance.value, &decoded).is_empty() => {}
                    other => checker.fail(&operation, body.as_bytes(), &format!("{other:?}")),
                }
            }
        }
    }
    checker.finish();
}
