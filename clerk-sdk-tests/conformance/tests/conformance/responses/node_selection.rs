//! Selects the nodes of responses to vary, so that each piece of decoding code is tested once.

use std::collections::BTreeSet;

use crate::schema_instances::{Instance, InstanceNode, NodeKind};

/// The nodes seen so far: their schemas, each with the schema of the enclosing object.
pub(super) type SeenNodes = BTreeSet<(Option<String>, String)>;

/// Returns the nodes that were not seen before. The same code decodes a member of an object, wherever the object is,
/// so a node counts as seen if its schema and that of the enclosing object are.
pub(super) fn unseen_nodes<'i>(
    instance: &'i Instance,
    seen: &mut SeenNodes,
) -> Vec<&'i InstanceNode> {
    let is_unseen = |node: &&InstanceNode| {
        let enclosing = enclosing_object(instance, &node.pointer);
        seen.insert((enclosing.map(|it| it.schema.clone()), node.schema.clone()))
    };
    instance.nodes.iter().filter(is_unseen).collect()
}

/// Returns the innermost object that contains the value at `pointer`.
fn enclosing_object<'i>(instance: &'i Instance, pointer: &str) -> Option<&'i InstanceNode> {
    let contains = |node: &&InstanceNode| {
        let below = pointer.strip_prefix(&*node.pointer);
        matches!(node.kind, NodeKind::Object) && below.is_some_and(|it| it.starts_with('/'))
    };
    let enclosing = instance.nodes.iter().filter(contains);
    enclosing.max_by_key(|it| it.pointer.len())
}
