//! Tests that a body which is no resource, or no list, is an error: it lacks the member that the schema requires of it.

use clerk_sdk::Error;
use serde_json::{Value, json};

use super::responding_operation::operations_with_distinct_responses;
use crate::document::DOCUMENT;
use crate::failure_report::assert_no_failures;
use crate::mock_server::MockServer;
use crate::schema_instances::{Instance, InstanceNode, NodeKind};

/// The members that contain the items of a list.
const ITEMS: [&str; 2] = ["data", "m2m_tokens"];

/// Returns the member without which a node is something else: the items of a list, or the id of a response or of an item of
/// its list, if the document requires one. An object of a union that lacks it is an unknown variant.
pub(super) fn identifying_member(instance: &Instance, node: &InstanceNode) -> Option<&'static str> {
    if !matches!(node.kind, NodeKind::Object) || node.in_union {
        return None;
    }
    match (node.pointer.as_str(), items_member(&instance.value)) {
        ("", Some(items)) => Some(items),
        ("", None) => requires_id(&node.schema).then_some("id"),
        (pointer, items) => {
            let list = items.map_or(String::new(), |items| format!("/{items}"));
            let index = pointer.strip_prefix(&list)?.strip_prefix('/')?;
            let is_item = index.parse::<usize>().is_ok() && is_list(&instance.value);
            (is_item && requires_id(&node.schema)).then_some("id")
        }
    }
}

/// Returns whether a node is the id without which the object that contains it is something else.
pub(super) fn is_identifying_id(instance: &Instance, node: &InstanceNode) -> bool {
    let Some(object) = node.pointer.strip_suffix("/id") else {
        return false;
    };
    let mut objects = instance.nodes.iter().filter(|it| it.pointer == object);
    objects.any(|it| identifying_member(instance, it) == Some("id"))
}

/// Returns whether a node is a list that is an array.
pub(super) fn is_list_array(instance: &Instance, node: &InstanceNode) -> bool {
    node.pointer.is_empty() && instance.value.is_array()
}

fn is_list(response: &Value) -> bool {
    response.is_array() || items_member(response).is_some()
}

fn items_member(response: &Value) -> Option<&'static str> {
    let has_total = response.get("total_count").is_some();
    let items = ITEMS.into_iter().find(|items| response[items].is_array());
    items.filter(|_| has_total)
}

/// Returns whether a schema, or a part of it, requires the member `id`.
fn requires_id(schema: &str) -> bool {
    let schema = DOCUMENT.resolve(schema);
    let json = DOCUMENT.at(&schema);
    let required = json["required"].as_array().into_iter().flatten();
    let parts = json["allOf"].as_array().map_or(0, Vec::len);
    required.into_iter().any(|name| name == "id")
        || (0..parts).any(|part| requires_id(&format!("{schema}/allOf/{part}")))
}

#[tokio::test]
async fn a_body_without_its_identifying_member_is_an_error() {
    let mut count = 0;
    let mut failures = Vec::new();
    let server = MockServer::default();
    let clerk = server.in_process_client();
    for operation in operations_with_distinct_responses() {
        for instance in operation.response_variants() {
            for node in &instance.nodes {
                let Some(member) = identifying_member(&instance, node) else {
                    continue;
                };
                let node_value = instance.at(&node.pointer);
                let mut without = node_value.clone();
                let members = without.as_object_mut().expect("the node is an object");
                members.remove(member);
                let error_body = json!({"errors": [{"code": "internal"}]});
                let mut bodies = vec![without, json!({}), json!(null), error_body];
                if member == "id" {
                    bodies.extend([json!(null), json!("")].map(|id| {
                        let mut body = node_value.clone();
                        body["id"] = id;
                        body
                    }));
                }
                for body in bodies {
                    count += 1;
                    let response = instance.replace_at(&node.pointer, body.clone());
                    match operation.decode(&server, &clerk, &response).await {
                        Err(Error::Decode(error)) if error.raw_body() == &response.to_string() => {}
                        other => failures.push(format!(
                            "{}: {body} at {} ({}): {other:?}",
                            operation.call.name, node.pointer, node.schema
                        )),
                    }
                }
            }
        }
    }
    assert_no_failures(&failures);
    assert!(count > 300, "{count}");
}
