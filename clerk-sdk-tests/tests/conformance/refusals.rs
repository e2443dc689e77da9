//! Every refusal of the document is an API error with all it says, and so is one that has changed.

use clerk_sdk::{APIErrorResponse, Clerk, Error};
use serde_json::{Value, json};

use crate::arguments;
use crate::compare::{UNKNOWN_FIELD, lost};
use crate::instance::{Fill, Instance, Kind, Maker};
use crate::operation::operation;
use crate::server::Exchange;
use crate::spec::{Described, SPEC};

#[tokio::test]
async fn every_refusal_is_an_api_error_and_nothing_of_it_is_lost() {
    let exchange = Exchange::default();
    let clerk = exchange.clerk();
    let mut wrong = Vec::new();
    let mut count = 0;
    for described in &SPEC.operations {
        for (status, schema) in &described.refusals {
            for fill in [Fill::Required, Fill::Everything, Fill::Nulls] {
                count += 1;
                let made = make(schema, fill).value;
                let found = match refuse(described, &exchange, &clerk, *status, &made).await {
                    Ok(error) => lost(&made, &reported(&error)),
                    Err(problem) => vec![problem],
                };
                let name = |it| format!("{} {status} ({fill:?}): {it}", described.id);
                wrong.extend(found.into_iter().map(name));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {count}\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(count > 1000, "the document's refusals were not found");
}

#[tokio::test]
async fn a_refusal_that_has_changed_is_an_api_error_with_all_that_is_known() {
    let exchange = Exchange::default();
    let clerk = exchange.clerk();
    let mut wrong = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for described in &SPEC.operations {
        for (status, schema) in &described.refusals {
            if !seen.insert(SPEC.at(&SPEC.resolve(schema)).to_string()) {
                continue;
            }
            for (label, changed, is_misfit) in changes(&make(schema, Fill::Everything)) {
                let found = match refuse(described, &exchange, &clerk, *status, &changed).await {
                    // What is of another type cannot be read; that it is an API error can.
                    Ok(_) if is_misfit => Vec::new(),
                    Ok(error) => lost(&changed, &reported(&error)),
                    Err(problem) => vec![problem],
                };
                let name = |it| format!("{} {status}, {label}: {it}", described.id);
                wrong.extend(found.into_iter().map(name));
            }
        }
    }
    assert!(seen.len() >= 2, "the document's refusals were not found");
    assert!(
        wrong.is_empty(),
        "{} differences\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

fn make(schema: &str, fill: Fill) -> Instance {
    let made = Maker::new(&SPEC, fill).make(schema, "refusal");
    made.unwrap_or_else(|refusal| panic!("{refusal:?}"))
}

/// Unknown and missing members, nulls, and values of other types, with whether it is the last.
fn changes(refusal: &Instance) -> Vec<(String, Value, bool)> {
    let mut all = Vec::new();
    for site in &refusal.sites {
        let place = &site.place;
        let mut change = |label: &str, value: Value, is_misfit: bool| {
            let label = format!("{label} at {place}");
            all.push((label, refusal.with(place, value), is_misfit));
        };
        // A null among the errors tells nothing; it is left out.
        let is_item = matches!(refusal.at(place), Value::Object(_)) && !place.is_empty();
        change("null", Value::Null, is_item);
        for misfit in [
            json!("text"),
            json!(7),
            json!(true),
            json!([1]),
            json!({"a": 1}),
        ] {
            change(&format!("{misfit}"), misfit, true);
        }
        if let (Kind::Object, Value::Object(members)) = (&site.kind, refusal.at(place)) {
            let mut more = members.clone();
            more.insert(UNKNOWN_FIELD.to_owned(), json!([1, 2]));
            change("an unknown field", Value::Object(more), false);
            for name in members.keys() {
                let mut fewer = members.clone();
                fewer.remove(name);
                change(&format!("no `{name}`"), Value::Object(fewer), false);
            }
        }
    }
    all
}

/// The error that a call gives when it is refused like this; or what else it gives.
async fn refuse(
    described: &Described,
    exchange: &Exchange,
    clerk: &Clerk,
    status: u16,
    refusal: &Value,
) -> Result<APIErrorResponse, String> {
    let operation = operation(&described.id).ok_or("the SDK does not call it")?;
    exchange.answer(status, Some(refusal));
    match (operation.call)(clerk, &arguments::required(described)).await {
        Err(Error::Api(error)) if error.status() == status => {
            let kept: Option<Value> = serde_json::from_str(&error.raw_json()).ok();
            match kept.as_ref() == Some(refusal) {
                true => Ok(error),
                false => Err("the body is lost".to_owned()),
            }
        }
        other => Err(format!("{other:?}")),
    }
}

/// What the error tells of the refusal, in the refusal's form.
fn reported(error: &APIErrorResponse) -> Value {
    json!({
        "errors": error.errors(),
        "meta": error.meta(),
        "clerk_trace_id": error.trace_id(),
    })
}
