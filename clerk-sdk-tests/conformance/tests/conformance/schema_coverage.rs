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
        let expected = EnumsAndUnions::used_by(&spec.pointer, &DOCUMENT);
        let arguments = generate_arguments(spec, FieldSelection::All);
        let arguments = arguments.expect("the request tests check that arguments can be generated");
        let responses = responding
            .get(&*spec.id)
            .map(RespondingOperation::response_variants);
        let instances = responses.into_iter().flatten().chain([arguments]);
        let nodes = instances.flat_map(|instance| instance.nodes);
        missed.extend(missed_by(&nodes.collect::<Vec<_>>(), &expected));
        *report.exercised(&spec.id) = expected;
    }
    report.write("document");
    assert!(missed.is_empty(), "{missed:#?}");
}

/// Returns those of the expected enums and unions that the nodes of instances do not reach.
pub(crate) fn missed_by(nodes: &[InstanceNode], expected: &EnumsAndUnions) -> Vec<String> {
    let is_enum_or_union =
        |it: &&InstanceNode| matches!(it.kind, NodeKind::Enum(_) | NodeKind::Union { .. });
    let nodes = nodes.iter().filter(is_enum_or_union);
    let reached: BTreeSet<&str> = nodes.map(|it| &*it.schema).collect();
    let all = expected.enums.union(&expected.unions);
    all.filter(|it| !reached.contains(&***it))
        .cloned()
        .collect()
}
