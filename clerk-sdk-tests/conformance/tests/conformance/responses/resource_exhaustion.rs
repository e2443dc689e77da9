//! Tests that deeply nested responses and huge numbers neither overflow the stack nor cause a panic.

use serde_json::json;

use super::malformed_response_checker::MalformedResponseChecker;
use super::node_selection::{SeenNodes, unseen_nodes};
use super::responding_operation::operations_with_distinct_responses;
use crate::schema_instances::{FieldSelection, NodeKind};

#[tokio::test]
async fn deep_nesting_does_not_overflow_the_stack() {
    const DEPTH: usize = 20_000;
    let mut checker = MalformedResponseChecker::new();
    for operation in operations_with_distinct_responses() {
        for open in [
            "[",
            "{\"data\":",
            "{\"unknown\":[",
            "[{\"public_metadata\":",
        ] {
            let unclosed = open.repeat(DEPTH);
            checker.expect_error(&operation, unclosed.as_bytes()).await;
        }
        // The value of an unknown field may be nested to any depth.
        let closed = format!("{{\"unknown\":{}{}}}", "[".repeat(DEPTH), "]".repeat(DEPTH));
        checker.decode(&operation, closed.as_bytes()).await;
    }
    checker.finish();
}

#[tokio::test]
async fn an_extreme_number_is_an_error_or_a_value() {
    let mut checker = MalformedResponseChecker::new();
    let mut seen = SeenNodes::new();
    let digits = "9".repeat(400);
    let out_of_range = [
        &*digits,
        "1e400",
        "-1e400",
        "1e-400",
        "1e999999999999",
        "-0",
        "9223372036854775808",
        "-9223372036854775809",
        "1e300",
        "0.5",
    ];
    const PLACEHOLDER: &str = "<placeholder>";
    for operation in operations_with_distinct_responses() {
        let instance = operation.generate_response(FieldSelection::All);
        for node in unseen_nodes(&instance, &mut seen) {
            let response = instance.replace_at(&node.pointer, json!(PLACEHOLDER));
            let response = response.to_string();
            let quoted = format!("\"{PLACEHOLDER}\"");
            let with_number = |number: &str| response.replace(&quoted, number).into_bytes();
            for number in out_of_range {
                checker.decode(&operation, &with_number(number)).await;
            }
            for malformed in ["01", "+1", ".5", "1.", "0x10", "1_000", "Infinity"] {
                let body = with_number(malformed);
                checker.expect_error(&operation, &body).await;
            }
            if !matches!(node.kind, NodeKind::Integer) {
                continue;
            }
            for integer in ["17e2", "1700.0"] {
                let decoded = checker.decode(&operation, &with_number(integer)).await;
                let number = decoded.as_ref().and_then(|it| it.pointer(&node.pointer));
                if number.is_some_and(|it| *it != json!(1700)) {
                    checker.fail(&operation, integer.as_bytes(), &format!("{decoded:?}"));
                }
            }
        }
    }
    checker.finish();
}
