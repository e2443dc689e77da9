//! Tests that responses of later API versions decode: unknown fields, enum values and union variants, missing fields
//! and nulls. All known content must be kept.

use clerk_sdk_tests::{UNKNOWN_FIELD, json_differences};
use serde_json::{Value, json};

use super::identifying_members::{identifying_member, is_identifying_id, is_list_array};
use super::node_selection::{SeenNodes, unseen_nodes};
use super::responding_operation::operations_with_distinct_responses;
use crate::failure_report::assert_no_failures;
use crate::mock_server::MockServer;
use crate::schema_instances::{Instance, InstanceNode, NodeKind};

/// A changed response, with a description of the change.
type Change = (String, Value);

/// Decodes responses, each with a change that `changes` makes to one of its nodes, and returns the number of changes.
/// Each node that is decoded by code of its own is changed once.
async fn assert_changes_decode(changes: impl Fn(&Instance, &InstanceNode) -> Vec<Change>) -> usize {
    let mut count = 0;
    let mut failures = Vec::new();
    let mut seen = SeenNodes::new();
    let server = MockServer::default();
    let clerk = server.in_process_client();
    for operation in operations_with_distinct_responses() {
        for instance in operation.response_variants() {
            for node in unseen_nodes(&instance, &mut seen) {
                for (label, response) in changes(&instance, node) {
                    count += 1;
                    let problems = match operation.decode(&server, &clerk, &response).await {
                        Ok(decoded) => json_differences(&response, &decoded.json),
                        Err(error) => vec![format!("{error:?}")],
                    };
                    let name = operation.call.name;
                    let pointer = &node.pointer;
                    let describe = |it: String| format!("{name}: {label} at {pointer}: {it}");
                    failures.extend(problems.into_iter().map(describe));
                }
            }
        }
    }
    assert_no_failures(&failures);
    count
}

#[tokio::test]
async fn an_unknown_field_is_ignored() {
    let count = assert_changes_decode(|instance, node| match node.kind {
        NodeKind::Object => {
            let mut object = instance.at(&node.pointer).clone();
            object[UNKNOWN_FIELD] = json!({"deep": [1, "string", null]});
            vec![(
                "an unknown field".to_owned(),
                instance.replace_at(&node.pointer, object),
            )]
        }
        _ => Vec::new(),
    });
    assert!(count.await > 100);
}

#[tokio::test]
async fn an_unknown_enum_value_is_kept() {
    let count = assert_changes_decode(|instance, node| match &node.kind {
        NodeKind::Enum(values) => {
            let unknown = match &values[0] {
                Value::Bool(known) => json!(!known),
                _ => json!("a \"future\" value"),
            };
            vec![(
                "an unknown value".to_owned(),
                instance.replace_at(&node.pointer, unknown),
            )]
        }
        _ => Vec::new(),
    });
    assert!(count.await > 100);
}

#[tokio::test]
async fn an_unknown_union_variant_is_kept() {
    let count = assert_changes_decode(|instance, node| match &node.kind {
        NodeKind::Union { discriminator, .. } => {
            let mut unknown = json!({"future": "variant", "values": [1, {"and": null}]});
            if let Some(discriminator) = discriminator {
                unknown[discriminator] = json!("future_variant");
            }
            vec![(
                "an unknown variant".to_owned(),
                instance.replace_at(&node.pointer, unknown),
            )]
        }
        _ => Vec::new(),
    });
    assert!(count.await > 5);
}

#[tokio::test]
async fn a_missing_field_is_accepted() {
    let count = assert_changes_decode(|instance, node| {
        let NodeKind::Object = node.kind else {
            return Vec::new();
        };
        let members = instance.at(&node.pointer).as_object();
        let members = members.expect("the node is an object");
        let without = |name: &String| {
            let mut members = members.clone();
            members.remove(name);
            (
                format!("no `{name}`"),
                instance.replace_at(&node.pointer, Value::Object(members)),
            )
        };
        let identifying = identifying_member(instance, node);
        let optional = members
            .keys()
            .filter(|name| Some(name.as_str()) != identifying);
        optional.map(without).collect()
    });
    assert!(count.await > 1000);
}

#[tokio::test]
async fn an_undocumented_null_is_accepted() {
    let count = assert_changes_decode(|instance, node| {
        let is_required = identifying_member(instance, node).is_some()
            || is_identifying_id(instance, node)
            || is_list_array(instance, node);
        if is_required {
            return Vec::new();
        }
        vec![(
            "null".to_owned(),
            instance.replace_at(&node.pointer, Value::Null),
        )]
    });
    assert!(count.await > 1000);
}
