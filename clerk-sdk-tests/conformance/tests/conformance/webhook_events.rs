//! Tests that every documented event decodes, without losing or changing anything, and that events of later versions of
//! the API do.

use clerk_sdk::test_util::{TestWebhook, WebhookSigner};
use clerk_sdk::webhook::{Event, EventData};
use clerk_sdk_tests::{UNKNOWN_FIELD, json_differences};
use serde_json::{Value, json};

use crate::coverage_report::CoverageReport;
use crate::document::{EnumsAndUnions, WEBHOOKS, escape_segment};
use crate::failure_report::assert_no_failures;
use crate::responses::union_variants;
use crate::schema_coverage::missed_by;
use crate::schema_instances::{
    FieldSelection, Instance, InstanceGenerator, InstanceNode, NodeKind,
};

/// The number of kinds of events in the document.
const KINDS: usize = 45;

/// Returns the kinds of events, with the pointer of each one's schema.
fn kinds() -> Vec<(String, String)> {
    let kinds = WEBHOOKS.members("/x-webhooks").into_iter();
    let kinds: Vec<_> = kinds
        .map(|(kind, _)| {
            let schema = format!(
                "/x-webhooks/{}/post/requestBody/content/application~1json/schema",
                escape_segment(&kind)
            );
            (kind, schema)
        })
        .collect();
    assert_eq!(kinds.len(), KINDS);
    kinds
}

/// Generates an event, and a copy of it for each further variant of each union.
fn events(schema: &str, selection: FieldSelection) -> Vec<Instance> {
    let mut generator = InstanceGenerator::new(&WEBHOOKS, selection);
    let event = generator.generate(schema, "event");
    union_variants(&event.unwrap_or_else(|error| panic!("{schema}: {error:?}")))
}

/// Signs and verifies an event.
fn receive(kind: &str, event: &Value) -> Event {
    let mut event = event.clone();
    event["type"] = json!(kind);
    let signer = WebhookSigner::generate();
    let message = signer.sign(&TestWebhook::event(&event));
    let received = signer.verifier().verify(&message.headers, message.body);
    received.expect("the event is signed")
}

/// Describes what was lost or changed on the way.
fn problems(kind: &str, event: &Value) -> Vec<String> {
    let received = receive(kind, event);
    let mut problems = match &received.data {
        EventData::Unknown { .. } => vec!["the kind is unknown".to_owned()],
        EventData::Malformed { error, .. } => vec![format!("malformed: {error}")],
        data => {
            let decoded = serde_json::to_value(data).expect("data is serializable");
            json_differences(&event["data"], &decoded)
        }
    };
    if received.kind() != kind {
        problems.push(format!("the kind became {}", received.kind()));
    }
    problems
}

/// Checks every event once for each change that `changes` makes to one of its nodes.
fn assert_changes_decode(changes: impl Fn(&Instance, &InstanceNode) -> Option<Value>) -> usize {
    let (mut count, mut failures) = (0, Vec::new());
    for (kind, schema) in kinds() {
        for instance in events(&schema, FieldSelection::All) {
            for node in &instance.nodes {
                if !node.pointer.starts_with("/data") {
                    continue;
                }
                let Some(event) = changes(&instance, node) else {
                    continue;
                };
                count += 1;
                let problems = problems(&kind, &event).into_iter();
                failures.extend(problems.map(|it| format!("{kind} at {}: {it}", node.pointer)));
            }
        }
    }
    assert_no_failures(&failures);
    count
}

#[test]
fn every_documented_event_decodes_without_loss() {
    let (mut failures, mut missed) = (Vec::new(), Vec::new());
    let (mut document, mut decoded) = (CoverageReport::default(), CoverageReport::default());
    for (kind, schema) in kinds() {
        let mut nodes = Vec::new();
        for selection in [FieldSelection::All, FieldSelection::Required] {
            for instance in events(&schema, selection) {
                let problems = problems(&kind, &instance.value).into_iter();
                failures.extend(problems.map(|it| format!("{kind}: {it}")));
                nodes.extend(instance.nodes);
            }
        }
        let expected = EnumsAndUnions::used_by(&schema, &WEBHOOKS);
        missed.extend(missed_by(&nodes, &expected));
        *document.exercised(&kind) = expected;
        let reached = decoded.exercised(&kind);
        for node in nodes {
            match node.kind {
                NodeKind::Enum(_) => reached.enums.insert(node.schema),
                NodeKind::Union { .. } => reached.unions.insert(node.schema),
                _ => false,
            };
        }
    }
    document.write("events");
    decoded.write("decoded_events");
    assert_no_failures(&failures);
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn the_envelope_of_every_event_is_decoded() {
    for (kind, schema) in kinds() {
        for instance in events(&schema, FieldSelection::All) {
            let event = receive(&kind, &instance.value);
            let request = &instance.value["event_attributes"]["http_request"];
            let attributes = event.request.expect("the event has a request");
            assert_eq!(
                attributes.client_ip.as_deref(),
                request["client_ip"].as_str()
            );
            assert_eq!(
                attributes.user_agent.as_deref(),
                request["user_agent"].as_str()
            );
            assert_eq!(
                Some(&*event.instance_id),
                instance.value["instance_id"].as_str()
            );
        }
    }
}

#[test]
fn an_unknown_member_of_an_event_is_ignored() {
    let count = assert_changes_decode(|instance, node| {
        let mut object = instance.at(&node.pointer).clone();
        let is_object = matches!(node.kind, NodeKind::Object);
        is_object.then(|| {
            object[UNKNOWN_FIELD] = json!({"deep": [1, "string", null]});
            instance.replace_at(&node.pointer, object)
        })
    });
    assert!(count > 100);
}

#[test]
fn an_unknown_enum_value_of_an_event_is_kept() {
    let count = assert_changes_decode(|instance, node| match &node.kind {
        NodeKind::Enum(_) => Some(instance.replace_at(&node.pointer, json!("a \"future\" value"))),
        _ => None,
    });
    assert!(count > 20);
}

#[test]
fn null_in_an_event_is_the_default() {
    let count = assert_changes_decode(|instance, node| {
        let is_required = ["/data", "/data/id"].contains(&&*node.pointer);
        (!is_required).then(|| instance.replace_at(&node.pointer, Value::Null))
    });
    assert!(count > 500);
}

#[test]
fn data_of_the_wrong_type_arrives_as_malformed_with_its_path() {
    for (kind, schema) in kinds() {
        let mut event = events(&schema, FieldSelection::All).remove(0).value;
        event["data"]["id"] = json!({"not": "a string"});
        let received = receive(&kind, &event);
        match &received.data {
            EventData::Malformed {
                kind: of,
                data,
                error,
                ..
            } => {
                assert_eq!((&**of, error.path()), (&*kind, "$.id"));
                assert_eq!(data.as_json(), &event["data"]);
                assert!(received.raw_json().contains("not"));
            }
            other => panic!("{kind}: {other:?}"),
        }
    }
}
