//! What the API may do to its answers without asking: none of it breaks a decode, and what this
//! version knows is still there.

use serde_json::{Value, json};

use crate::answers::{Answering, distinct};
use crate::compare::{UNKNOWN_FIELD, lost};
use crate::instance::{Instance, Kind, Site};
use crate::server::Exchange;

/// Decodes every answer once for each change that `changes` makes to it.
async fn each(changes: impl Fn(&Instance, &Site) -> Vec<(String, Value)>) -> usize {
    let mut count = 0;
    let mut wrong = Vec::new();
    let exchange = Exchange::default();
    let clerk = exchange.clerk();
    for answering in distinct() {
        for form in answering.forms() {
            for site in &form.sites {
                for (label, answer) in changes(&form, site) {
                    count += 1;
                    let found = differences(&answering, &exchange, &clerk, &answer).await;
                    let name = answering.operation.name;
                    let place = &site.place;
                    let shown = |it: String| format!("{name}: {label} at {place}: {it}");
                    wrong.extend(found.into_iter().map(shown));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {count}\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    count
}

async fn differences(
    answering: &Answering,
    exchange: &Exchange,
    clerk: &clerk_sdk::Clerk,
    answer: &Value,
) -> Vec<String> {
    match answering.decode(exchange, clerk, answer).await {
        Ok(got) => lost(answer, &got.json),
        Err(error) => vec![format!("{error:?}")],
    }
}

#[tokio::test]
async fn an_unknown_field_is_no_obstacle() {
    let count = each(|form, site| match site.kind {
        Kind::Object => {
            let mut object = form.at(&site.place).clone();
            object[UNKNOWN_FIELD] = json!({"deep": [1, "text", null]});
            vec![(
                "an unknown field".to_owned(),
                form.with(&site.place, object),
            )]
        }
        _ => Vec::new(),
    });
    assert!(count.await > 100);
}

#[tokio::test]
async fn an_unknown_value_of_an_enum_is_kept() {
    let count = each(|form, site| match &site.kind {
        Kind::Enum(values) => {
            let unknown = match &values[0] {
                Value::Bool(known) => json!(!known),
                _ => json!("a value of \"tomorrow\""),
            };
            vec![(
                "an unknown value".to_owned(),
                form.with(&site.place, unknown),
            )]
        }
        _ => Vec::new(),
    });
    assert!(count.await > 100);
}

#[tokio::test]
async fn an_unknown_member_of_a_union_is_kept() {
    let count = each(|form, site| match &site.kind {
        Kind::Union(_, tag) => {
            let mut unknown = json!({"shape": "of tomorrow", "holds": [1, {"and": null}]});
            if let Some(tag) = tag {
                unknown[tag] = json!("shape_of_tomorrow");
            }
            vec![(
                "an unknown member".to_owned(),
                form.with(&site.place, unknown),
            )]
        }
        _ => Vec::new(),
    });
    assert!(count.await > 10);
}

#[tokio::test]
async fn a_field_that_is_missing_is_no_obstacle() {
    let count = each(|form, site| {
        let Kind::Object = site.kind else {
            return Vec::new();
        };
        let members = form.at(&site.place).as_object().expect("an object's site");
        let without = |name: &String| {
            let mut members = members.clone();
            members.remove(name);
            (
                format!("no `{name}`"),
                form.with(&site.place, Value::Object(members)),
            )
        };
        members.keys().map(without).collect()
    });
    assert!(count.await > 1000);
}

#[tokio::test]
async fn a_null_where_none_was_promised_is_no_obstacle() {
    let count = each(|form, site| vec![("null".to_owned(), form.with(&site.place, Value::Null))]);
    assert!(count.await > 1000);
}
