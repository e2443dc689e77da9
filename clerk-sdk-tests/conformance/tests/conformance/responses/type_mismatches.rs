//! Tests that a value of a wrong JSON type is an error that names the value's path and keeps the response.

use clerk_sdk::Error;
use clerk_sdk_tests::json_differences;
use serde_json::{Value, json};

use super::node_selection::{SeenNodes, unseen_nodes};
use super::responding_operation::operations_with_distinct_responses;
use crate::document::unescape_segment;
use crate::dynamic_calls::DecodedResponse;
use crate::failure_report::assert_no_failures;
use crate::mock_server::MockServer;
use crate::schema_instances::{InstanceNode, NodeKind};

#[tokio::test]
async fn a_type_mismatch_is_an_error_with_its_path() {
    let (mut count, mut decoded) = (0, 0);
    let mut failures = Vec::new();
    let server = MockServer::default();
    let clerk = server.in_process_client();
    let mut seen = SeenNodes::new();
    for operation in operations_with_distinct_responses() {
        for instance in operation.response_variants() {
            for node in unseen_nodes(&instance, &mut seen) {
                for mismatch in type_mismatches(node, instance.at(&node.pointer)) {
                    let response = instance.replace_at(&node.pointer, mismatch.clone());
                    let result = operation.decode(&server, &clerk, &response).await;
                    count += 1;
                    match problem(node, &response, &result) {
                        None if result.is_ok() => decoded += 1,
                        None => {}
                        Some(problem) => failures.push(format!(
                            "{}: {mismatch} at {}: {problem}",
                            operation.call.name, node.pointer
                        )),
                    }
                }
            }
        }
    }
    assert_no_failures(&failures);
    assert!(
        count > 1000 && decoded * 20 < count,
        "{decoded} of {count} decoded"
    );
}

/// Returns a value of each JSON type that this node does not accept.
fn type_mismatches(node: &InstanceNode, original: &Value) -> Vec<Value> {
    let all = [
        json!("string"),
        json!(7),
        json!(true),
        json!(["item"]),
        json!({"member": 1}),
    ];
    let is_list_object = original.get("data").is_some() || original.get("m2m_tokens").is_some();
    let is_list = node.pointer.is_empty() && (original.is_array() || is_list_object);
    let is_accepted = |value: &Value| match &node.kind {
        NodeKind::AnyJson => true,
        // Metadata is parsed when it is read.
        _ if node.pointer.ends_with("_metadata") => true,
        // The SDK accepts lists as arrays and as objects.
        NodeKind::Array | NodeKind::Object if is_list => value.is_array() || value.is_object(),
        _ => std::mem::discriminant(value) == std::mem::discriminant(original),
    };
    all.into_iter()
        .filter(|value| !is_accepted(value))
        .collect()
}

/// Describes what is wrong with the result, if anything.
fn problem(
    node: &InstanceNode,
    response: &Value,
    result: &Result<DecodedResponse, Error>,
) -> Option<String> {
    match result {
        // A mismatch in a union can make it an unknown variant, which must keep the whole value.
        Ok(decoded) if node.in_union && json_differences(response, &decoded.json).is_empty() => {
            None
        }
        Err(Error::Decode(error)) => {
            if error.path() != json_path(response, &node.pointer) {
                return Some(format!("the path in the error is {}", error.path()));
            }
            let body: Option<Value> = serde_json::from_slice(error.raw_body()).ok();
            (body.as_ref() != Some(response)).then(|| "the error lost the response".to_owned())
        }
        other => Some(format!("{other:?}")),
    }
}

/// Converts a JSON pointer into `value` to the form that errors use, for example `$.data[0].id`.
fn json_path(value: &Value, pointer: &str) -> String {
    let mut path = String::from("$");
    let mut current = value;
    for segment in pointer.split('/').skip(1) {
        let segment = unescape_segment(segment);
        match current {
            Value::Array(items) => {
                path.push_str(&format!("[{segment}]"));
                let index: usize = segment.parse().expect("an index");
                current = &items[index];
            }
            _ => {
                path.push_str(&format!(".{segment}"));
                current = &current[&segment];
            }
        }
    }
    path
}
