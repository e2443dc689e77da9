//! Tests that the largest types decode to the same value after they were serialized, whatever their members contain.

use std::cmp::Reverse;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::responding_operation::{RespondingOperation, operations_with_distinct_responses};
use crate::mock_server::MockServer;
use crate::schema_instances::{Instance, NodeKind};

const TYPES: usize = 20;

/// Returns the operations whose responses have the most members, with a response of each.
fn largest_responses() -> Vec<(RespondingOperation, Instance)> {
    let operations = operations_with_distinct_responses().into_iter();
    let mut responses: Vec<_> = operations
        .filter_map(|operation| {
            let instance = operation.response_variants().into_iter().next()?;
            Some((operation, instance))
        })
        .collect();
    responses.sort_by_key(|(_, instance)| Reverse(instance.nodes.len()));
    responses.truncate(TYPES);
    responses
}

/// Any value of a node; null for those that are no scalars.
fn any_scalar(kind: &NodeKind) -> BoxedStrategy<Option<Value>> {
    let value = match kind {
        NodeKind::String | NodeKind::Enum(_) => any::<String>().prop_map(|it| json!(it)).boxed(),
        NodeKind::Integer => any::<i64>().prop_map(|it| json!(it)).boxed(),
        NodeKind::Number => any::<i32>()
            .prop_map(|it| json!(f64::from(it) / 8.0))
            .boxed(),
        NodeKind::Boolean => any::<bool>().prop_map(|it| json!(it)).boxed(),
        _ => return Just(None).boxed(),
    };
    prop_oneof![1 => Just(None), 1 => value.prop_map(Some)].boxed()
}

/// Whether a value decides how the rest decodes: the discriminator of a union, or an id, which must not be empty.
fn is_significant(pointer: &str) -> bool {
    ["object", "kty", "/id"]
        .iter()
        .any(|name| pointer.ends_with(name))
}

#[test]
fn largest_types_decode_to_the_same_value_after_they_were_serialized() {
    let server = MockServer::default();
    let clerk = server.in_process_client();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let responses = largest_responses();
    assert_eq!(responses.len(), TYPES);
    for (operation, instance) in &responses {
        let nodes = instance
            .nodes
            .iter()
            .filter(|node| !is_significant(&node.pointer));
        let nodes: Vec<_> = nodes.collect();
        let values: Vec<_> = nodes.iter().map(|node| any_scalar(&node.kind)).collect();
        let config = ProptestConfig {
            failure_persistence: None,
            ..ProptestConfig::with_cases(32)
        };
        proptest!(config, |(values in values)| {
            let mut response = instance.value.clone();
            for (node, value) in nodes.iter().zip(values) {
                if let Some(value) = value {
                    let replaced = response.pointer_mut(&node.pointer);
                    *replaced.expect("a node points into its instance") = value;
                }
            }
            // The client compares the decoded value with the one that is decoded again.
            let decoded = runtime.block_on(operation.decode(&server, &clerk, &response));
            prop_assert!(decoded.is_ok(), "{}: {:?}", operation.call.name, decoded.err());
        });
    }
}
