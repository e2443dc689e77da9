//! The instances reach everything that the document leaves a choice in.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::answers::{Answering, answering};
use crate::arguments::arguments;
use crate::instance::{Fill, Kind, Maker, Refusal};
use crate::report::Report;
use crate::spec::{SPEC, Spec};

#[test]
fn every_enum_and_every_union_of_the_document_is_exercised() {
    let mut document = Report::default();
    let mut missed = BTreeSet::new();
    let answering: BTreeMap<&str, Answering> = answering()
        .into_iter()
        .map(|it| (it.operation.id, it))
        .collect();
    for described in &SPEC.operations {
        let choices = SPEC.choices(described);
        let arguments = arguments(described, Fill::Everything);
        let arguments = arguments.expect("the wire test reports this");
        let forms = answering.get(&*described.id).map(Answering::forms);
        let instances = forms.into_iter().flatten().chain([arguments]);
        let sites = instances.flat_map(|instance| instance.sites);
        let reached: BTreeSet<String> = sites.filter(is_choice).map(|it| it.schema).collect();
        let all = choices.enums.union(&choices.unions);
        missed.extend(all.filter(|it| !reached.contains(*it)).cloned());
        *document.of(&described.id) = choices;
    }
    document.write("document");
    assert!(missed.is_empty(), "{missed:#?}");
}

fn is_choice(site: &crate::instance::Site) -> bool {
    matches!(site.kind, Kind::Enum(_) | Kind::Union(..))
}

#[test]
fn a_form_that_is_not_understood_is_refused_with_its_pointer() {
    let forms = [
        (json!({"not": {"type": "string"}}), "`not`"),
        (json!({"type": "string", "format": "iban"}), "`iban`"),
        (
            json!({"type": "integer", "enum": [1, 2]}),
            "an enum of this type",
        ),
        (json!({"type": ["string", "null"]}), "this type"),
        (json!({"type": "string", "pattern": "(?=a)"}), "regex"),
        (
            json!({"properties": {"a": {}}, "additionalProperties": {"type": "string"}}),
            "`properties` beside",
        ),
        (
            json!({"oneOf": [{}, {}], "anyOf": [{}, {}]}),
            "`oneOf` beside `anyOf`",
        ),
        (
            json!({"allOf": [{"type": "string"}, {"type": "string"}]}),
            "`allOf`",
        ),
        (json!(true), "a schema is an object"),
    ];
    for (form, reason) in forms {
        let spec = Spec {
            document: json!({"schemas": {"Odd": {"properties": {"member": form}}}}),
            operations: Vec::new(),
        };
        let refusal = Maker::new(&spec, Fill::Everything).make("/schemas/Odd", "odd");
        let Err(Refusal::Unknown(message)) = refusal.map(|it| it.value) else {
            panic!("{reason} was understood");
        };
        let place = "/schemas/Odd/properties/member: ";
        assert!(
            message.starts_with(place) && message.contains(reason),
            "{message}"
        );
    }
}
