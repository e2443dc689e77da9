//! Every operation is called over HTTP, and what arrives is what the document says.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::Value;

use crate::arguments::{arguments, each_enum_value};
use crate::arrived;
use crate::compare::lost;
use crate::given::Arguments;
use crate::instance::{Fill, Maker};
use crate::operation::{Operation, operation, operations};
use crate::report::Report;
use crate::server::Exchange;
use crate::spec::{Described, SPEC};

/// One call and its answer.
struct Trial {
    label: String,
    arguments: Value,
    answer: Option<Value>,
}

#[tokio::test]
async fn every_operation_sends_what_the_document_says_and_decodes_its_answer() {
    let mut report = Report::default();
    let mut wrong = Vec::new();
    let exchange = Exchange::default();
    let clerk = exchange.serve().await;
    for described in &SPEC.operations {
        let Some(operation) = operation(&described.id) else {
            wrong.push(format!("{}: the SDK does not call it", described.id));
            continue;
        };
        let trials = match trials(described, &mut report) {
            Ok(trials) => trials,
            Err(refusal) => {
                wrong.push(format!("{}: {refusal}", described.id));
                continue;
            }
        };
        for trial in trials {
            exchange.answer(described.success.0, trial.answer.as_ref());
            let found = run(described, operation, &clerk, &exchange, &trial).await;
            let name = |it: String| format!("{} ({}): {it}", operation.name, trial.label);
            wrong.extend(found.into_iter().map(name));
        }
    }
    report.write("wire");
    assert!(
        wrong.is_empty(),
        "{} differences\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert_eq!(report.len(), SPEC.operations.len());
}

#[test]
fn the_sdk_calls_nothing_that_the_document_does_not_have() {
    let known: BTreeSet<&str> = SPEC.operations.iter().map(|it| &*it.id).collect();
    let stray: Vec<&str> = operations()
        .map(|it| it.id)
        .filter(|id| !known.contains(id))
        .collect();
    assert!(stray.is_empty(), "{stray:?}");
}

/// With what is required, everything, nulls, and each value of each enum.
fn trials(operation: &Described, report: &mut Report) -> Result<Vec<Trial>, String> {
    let mut trials = Vec::new();
    report.of(&operation.id);
    for fill in [Fill::Required, Fill::Everything, Fill::Nulls] {
        let made = arguments(operation, fill).map_err(|refusal| format!("{refusal:?}"))?;
        let answer = operation.success.1.as_ref();
        let answer = answer.map(|schema| Maker::new(&SPEC, fill).make(schema, "answer"));
        let answer = answer
            .transpose()
            .map_err(|refusal| format!("{refusal:?}"))?;
        let answer = answer.map(|it| it.value);
        let label = format!("{fill:?}").to_lowercase();
        if fill == Fill::Everything {
            for (schema, arguments) in each_enum_value(&made) {
                report.of(&operation.id).enums.insert(schema.clone());
                trials.push(Trial {
                    label: format!("a value of the enum at {schema}"),
                    arguments,
                    answer: answer.clone(),
                });
            }
        }
        trials.push(Trial {
            label,
            arguments: made.value,
            answer,
        });
    }
    Ok(trials)
}

async fn run(
    described: &Described,
    operation: &Operation,
    clerk: &clerk_sdk::Clerk,
    exchange: &Exchange,
    trial: &Trial,
) -> Vec<String> {
    let arguments = Arguments(trial.arguments.clone());
    // What the arguments and the SDK disagree on panics; the other operations are to be tried as well.
    let call = AssertUnwindSafe(|| (operation.call)(clerk, &arguments));
    let Ok(call) = catch_unwind(call) else {
        return vec!["the SDK does not take these arguments: see above".to_owned()];
    };
    let result = call.await;
    let Some(request) = exchange.arrived() else {
        return vec![format!("nothing arrived: {result:?}")];
    };
    let mut wrong = arrived::check(described, &trial.arguments, &request).await;
    match (result, &trial.answer) {
        (Ok(got), Some(sent)) => wrong.extend(lost(sent, &got.json)),
        (Ok(got), None) if got.json.is_null() => {}
        (got, _) => wrong.push(format!("answer: {got:?}")),
    }
    wrong
}
