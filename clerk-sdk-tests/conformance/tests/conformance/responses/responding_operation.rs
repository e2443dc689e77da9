//! The operations that respond with a body, and instances of their responses.

use std::collections::BTreeSet;

use clerk_sdk::{Clerk, Error};
use serde_json::{Value, json};

use crate::argument_values::required_arguments;
use crate::call_registry::find_call;
use crate::document::{DOCUMENT, OPERATIONS, OperationSpec};
use crate::dynamic_calls::{CallArguments, CallFuture, DecodedResponse, OperationCall};
use crate::mock_server::MockServer;
use crate::schema_instances::{
    FieldSelection, Instance, InstanceGenerator, InstanceNode, NodeKind,
};

/// An operation that responds with a body, and the arguments to call it with.
pub(crate) struct RespondingOperation {
    pub(crate) spec: &'static OperationSpec,
    pub(crate) call: &'static OperationCall,
    response_schema: &'static str,
    arguments: CallArguments,
}

/// Returns every operation that responds with a body.
pub(crate) fn operations_with_response_body() -> Vec<RespondingOperation> {
    let with_body = OPERATIONS.iter().filter_map(|spec| {
        Some(RespondingOperation {
            spec,
            call: find_call(&spec.id)?,
            response_schema: spec.success_schema.as_deref()?,
            arguments: required_arguments(spec),
        })
    });
    with_body.collect()
}

/// Returns one operation for each response schema. Schemas at different places of the document are the same if their
/// JSON is.
pub(super) fn operations_with_distinct_responses() -> Vec<RespondingOperation> {
    let mut seen = BTreeSet::new();
    let mut operations = operations_with_response_body();
    operations.retain(|it| {
        let schema = DOCUMENT.at(&DOCUMENT.resolve(it.response_schema));
        seen.insert(schema.to_string())
    });
    operations
}

impl RespondingOperation {
    /// Generates a response.
    pub(super) fn generate_response(&self, selection: FieldSelection) -> Instance {
        let mut generator = InstanceGenerator::new(&DOCUMENT, selection);
        let response = generator.generate(self.response_schema, "response");
        response.unwrap_or_else(|error| panic!("{}: {error:?}", self.spec.id))
    }

    /// Generates a response with all fields, and a copy of it for each further variant of each union. A copy has only
    /// the nodes of its variant.
    pub(crate) fn response_variants(&self) -> Vec<Instance> {
        union_variants(&self.generate_response(FieldSelection::All))
    }

    /// Calls the operation with this response, and decodes it.
    pub(super) async fn decode(
        &self,
        server: &MockServer,
        clerk: &Clerk,
        response: &Value,
    ) -> Result<DecodedResponse, Error> {
        server.respond_with(self.spec.success_status, Some(response));
        self.call(clerk).await
    }

    /// Calls the operation with the response that is set.
    pub(super) fn call(&self, clerk: &Clerk) -> CallFuture {
        (self.call.call)(clerk, &self.arguments)
    }
}

/// Returns a list as an object with a total if `response` is an array. Clerk sends lists in this form as well, which
/// the document does not mention.
pub(super) fn list_with_total(response: &Value) -> Option<Value> {
    let items = response.as_array()?;
    Some(json!({"data": items, "total_count": items.len()}))
}

/// Returns an instance, and a copy of it for each further variant of each union.
pub(crate) fn union_variants(instance: &Instance) -> Vec<Instance> {
    let mut all = vec![instance.clone()];
    for node in &instance.nodes {
        let NodeKind::Union { variants, .. } = &node.kind else {
            continue;
        };
        // The instance contains the first variant already.
        for variant in variants.iter().skip(1).flat_map(union_variants) {
            all.push(Instance {
                value: instance.replace_at(&node.pointer, variant.value),
                nodes: nodes_within_union(node, variant.nodes),
            });
        }
    }
    all
}

fn nodes_within_union(union: &InstanceNode, nodes: Vec<InstanceNode>) -> Vec<InstanceNode> {
    let moved = nodes.into_iter().map(|node| InstanceNode {
        pointer: format!("{}{}", union.pointer, node.pointer),
        in_union: true,
        ..node
    });
    moved.collect()
}
