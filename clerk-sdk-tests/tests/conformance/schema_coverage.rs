//! Tests that the generated arguments and responses reach every enum and every union of the document.

use std::collections::{BTreeMap, BTreeSet};

use crate::argument_values::generate_arguments;
use crate::coverage_report::CoverageReport;
use crate::document::{DOCUMENT, EnumsAndUnions, OPERATIONS};
use crate::responses::{RespondingOperation, operations_with_response_body};
use crate::schema_instances::{FieldSelection, InstanceNode, NodeKind};

#[test]
fn every_enum_and_every_union_of_the_document_is_exercised() {
    let mut report = CoverageReport::default();
    let mut missed = BTreeSet::new();
    let responding: BTreeMap<&str, RespondingOperation> = operations_with_response_body()
        .into_iter()
        .map(|it| (it.call.id, it))
        .collect();
    for spec in OPERATIONS.iter() {
        let expected = EnumsAndUnions::used_by(spec, &DOCUMENT);
        let arguments = generate_arguments(spec, FieldSelection::All);
        let arguments = arguments.expect("the request tests check that arguments can be generated");
        let responses = responding
            .get(&*spec.id)
            .map(RespondingOperation::response_variants);
        let instances = responses.into_iter().flatten().chain([arguments]);
        let nodes = instances.flat_map(|instance| instance.nodes);
        let reached: BTreeSet<String> =
            nodes.filter(is_enum_or_union).map(|it| it.schema).collect();
        let all = expected.enums.union(&expected.unions);
        missed.extend(all.filter(|it| !reached.contains(*it)).cloned());
        *report.exercised(&spec.id) = expected;
    }
    report.write("document");
    assert!(missed.is_empty(), "{missed:#?}");
}

fn is_enum_or_union(node: &InstanceNode) -> bool {
    matches!(node.kind, NodeKind::Enum(_) | NodeKind::Union { .. })
}
