//! Every answer of the document decodes, and nothing of it is lost or changed on the way.

use clerk_sdk::Clerk;
use serde_json::Value;

use crate::answers::{Answering, answering};
use crate::arguments;
use crate::compare::lost;
use crate::instance::{Fill, Kind};
use crate::operation::operation;
use crate::report::Report;
use crate::server::Exchange;
use crate::spec::{Described, SPEC};

#[tokio::test]
async fn every_answer_decodes_and_nothing_of_it_is_lost() {
    let mut report = Report::default();
    let mut wrong = Vec::new();
    let exchange = Exchange::default();
    let clerk = exchange.clerk();
    for answering in answering() {
        for (label, answer) in answers(&answering, &mut report) {
            let decoded = answering.decode(&exchange, &clerk, &answer).await;
            let differences = match decoded {
                // The document does not require the member that tells some unions' shapes apart.
                Ok(got) if !label.starts_with("required") && got.has_unknown() => {
                    vec!["something was not known".to_owned()]
                }
                Ok(got) => lost(&answer, &got.json),
                Err(error) => vec![format!("{error:?}")],
            };
            let name = answering.operation.name;
            wrong.extend(
                differences
                    .iter()
                    .map(|it| format!("{name} ({label}): {it}")),
            );
        }
    }
    for described in &SPEC.operations {
        if described.success.1.is_none() {
            wrong.extend(without_body(described, &exchange, &clerk).await);
            report.of(&described.id);
        }
    }
    report.write("decode");
    assert!(
        wrong.is_empty(),
        "{} differences\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert_eq!(report.len(), SPEC.operations.len());
}

/// Nothing is read from the answers of these operations, so nothing in them can be wrong.
async fn without_body(described: &Described, exchange: &Exchange, clerk: &Clerk) -> Vec<String> {
    let mut wrong = Vec::new();
    let operation = operation(&described.id).expect("the wire test reports this");
    for body in ["", "null", "{}", "OK", "<html>"] {
        exchange.answer_bytes(described.success.0, body);
        let result = (operation.call)(clerk, &arguments::required(described)).await;
        if !matches!(&result, Ok(got) if got.json.is_null()) {
            wrong.push(format!("{} ({body:?}): {result:?}", operation.name));
        }
    }
    wrong
}

/// With what is required, everything and nulls; with each member of each union and each value of each
/// enum; and lists in both of their forms.
fn answers(answering: &Answering, report: &mut Report) -> Vec<(String, Value)> {
    let mut answers = Vec::new();
    let exercised = report.of(&answering.described.id);
    for fill in [Fill::Required, Fill::Nulls] {
        answers.push((
            format!("{fill:?}").to_lowercase(),
            answering.make(fill).value,
        ));
    }
    for (index, form) in answering.forms().into_iter().enumerate() {
        answers.push((format!("form {index}"), form.value.clone()));
        for site in &form.sites {
            match &site.kind {
                Kind::Enum(values) => {
                    exercised.enums.insert(site.schema.clone());
                    answers.extend(values.iter().map(|value| {
                        let label = format!("{value} at {}", site.place);
                        (label, form.with(&site.place, value.clone()))
                    }));
                }
                Kind::Union(..) => {
                    exercised.unions.insert(site.schema.clone());
                }
                _ => {}
            }
        }
    }
    let totals = answers.iter().filter_map(|(label, answer)| {
        let list = answering.with_total(answer)?;
        Some((format!("{label}, with a total"), list))
    });
    let totals: Vec<_> = totals.collect();
    answers.extend(totals);
    answers
}
