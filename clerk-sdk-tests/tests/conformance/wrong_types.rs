//! A value of another JSON type than is due gives an error that says where, and keeps the answer.

use clerk_sdk::Error;
use serde_json::{Value, json};

use crate::answers::{Seen, distinct, fresh};
use crate::compare::lost;
use crate::instance::{Kind, Site};
use crate::operation::Decoded;
use crate::server::Exchange;

#[tokio::test]
async fn a_value_of_another_type_is_an_error_with_its_place() {
    let (mut count, mut kept_whole) = (0, 0);
    let mut wrong = Vec::new();
    let exchange = Exchange::default();
    let clerk = exchange.clerk();
    let mut seen = Seen::new();
    for answering in distinct() {
        for form in answering.forms() {
            for site in fresh(&form, &mut seen) {
                for misfit in misfits(site, form.at(&site.place)) {
                    let answer = form.with(&site.place, misfit.clone());
                    let result = answering.decode(&exchange, &clerk, &answer).await;
                    count += 1;
                    match problem(site, &answer, &result) {
                        None if result.is_ok() => kept_whole += 1,
                        None => {}
                        Some(problem) => wrong.push(format!(
                            "{}: {misfit} at {}: {problem}",
                            answering.operation.name, site.place
                        )),
                    }
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
    assert!(
        count > 1000 && kept_whole * 20 < count,
        "{kept_whole} of {count} decoded"
    );
}

/// A value of each JSON type that has no business at this place.
fn misfits(site: &Site, due: &Value) -> Vec<Value> {
    let all = [
        json!("text"),
        json!(7),
        json!(true),
        json!(["item"]),
        json!({"member": 1}),
    ];
    let is_list_object = due.get("data").is_some() || due.get("m2m_tokens").is_some();
    let is_list = site.place.is_empty() && (due.is_array() || is_list_object);
    let fits = |value: &Value| match &site.kind {
        Kind::Any => true,
        // A list may come in either form.
        Kind::Array | Kind::Object if is_list => value.is_array() || value.is_object(),
        _ => std::mem::discriminant(value) == std::mem::discriminant(due),
    };
    all.into_iter().filter(|value| !fits(value)).collect()
}

/// What is wrong with the outcome, if anything.
fn problem(site: &Site, answer: &Value, result: &Result<Decoded, Error>) -> Option<String> {
    match result {
        // A union whose deciding member is odd is none that is known: it is kept as it came.
        Ok(got) if site.in_union && lost(answer, &got.json).is_empty() => None,
        Err(Error::Decode(error)) => {
            if error.path() != path(answer, &site.place) {
                return Some(format!("the error says {}", error.path()));
            }
            let kept: Option<Value> = serde_json::from_slice(error.body()).ok();
            (kept.as_ref() != Some(answer)).then(|| "the answer is lost".to_owned())
        }
        other => Some(format!("{other:?}")),
    }
}

/// A JSON pointer into `value` as errors write it: `$.data[0].id`.
fn path(value: &Value, pointer: &str) -> String {
    let mut path = String::from("$");
    let mut at = value;
    for segment in pointer.split('/').skip(1) {
        let segment = segment.replace("~1", "/").replace("~0", "~");
        match at {
            Value::Array(items) => {
                path.push_str(&format!("[{segment}]"));
                let index: usize = segment.parse().expect("an index");
                at = &items[index];
            }
            _ => {
                path.push_str(&format!(".{segment}"));
                at = &at[&segment];
            }
        }
    }
    path
}
