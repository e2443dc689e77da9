//! Tests that every documented error response, and changed forms of it, become an API error that keeps its content.

use std::collections::BTreeSet;

use clerk_sdk::{APIErrorResponse, Clerk, Error};
use clerk_sdk_tests::{UNKNOWN_FIELD, json_differences};
use serde_json::{Value, json};

use crate::argument_values::required_arguments;
use crate::call_registry::find_call;
use crate::document::{DOCUMENT, OPERATIONS, OperationSpec};
use crate::failure_report::assert_no_failures;
use crate::mock_server::MockServer;
use crate::schema_instances::{FieldSelection, Instance, InstanceGenerator, NodeKind};

// The clock is paused, because the client waits after a 429.
#[tokio::test(start_paused = true)]
async fn every_documented_error_response_is_an_api_error_without_loss() {
    let server = MockServer::default();
    let clerk = server.in_process_client();
    let mut failures = Vec::new();
    let mut count = 0;
    for spec in OPERATIONS.iter() {
        for (status, schema) in &spec.error_responses {
            for selection in [
                FieldSelection::Required,
                FieldSelection::All,
                FieldSelection::AllWithNulls,
            ] {
                count += 1;
                let body = generate_error(schema, selection).value;
                let problems = match api_error(spec, &server, &clerk, *status, &body).await {
                    Ok(error) => json_differences(&body, &as_json(&error)),
                    Err(problem) => vec![problem],
                };
                let describe = |it| format!("{} {status} ({selection:?}): {it}", spec.id);
                failures.extend(problems.into_iter().map(describe));
            }
        }
    }
    assert_no_failures(&failures);
    assert!(count > 1000, "only {count} error responses were found");
}

// The clock is paused, because the client waits after a 429.
#[tokio::test(start_paused = true)]
async fn a_changed_error_response_is_an_api_error_that_keeps_the_known_content() {
    let server = MockServer::default();
    let clerk = server.in_process_client();
    let mut failures = Vec::new();
    let mut seen = BTreeSet::new();
    for spec in OPERATIONS.iter() {
        for (status, schema) in &spec.error_responses {
            if !seen.insert(DOCUMENT.at(&DOCUMENT.resolve(schema)).to_string()) {
                continue;
            }
            for change in changes(&generate_error(schema, FieldSelection::All)) {
                let body = &change.body;
                let problems = match api_error(spec, &server, &clerk, *status, body).await {
                    Ok(_) if change.may_lose_content => Vec::new(),
                    Ok(error) => json_differences(body, &as_json(&error)),
                    Err(problem) => vec![problem],
                };
                let describe = |it| format!("{} {status}, {}: {it}", spec.id, change.label);
                failures.extend(problems.into_iter().map(describe));
            }
        }
    }
    assert!(
        seen.len() >= 2,
        "only {} error schemas were found",
        seen.len()
    );
    assert_no_failures(&failures);
}

fn generate_error(schema: &str, selection: FieldSelection) -> Instance {
    let mut generator = InstanceGenerator::new(&DOCUMENT, selection);
    let body = generator.generate(schema, "error");
    body.unwrap_or_else(|error| panic!("{error:?}"))
}

/// A changed error response.
struct Change {
    label: String,
    body: Value,
    /// Whether the changed value cannot be read. The response must still become an API error.
    may_lose_content: bool,
}

/// Changes each node: to null, to values of other types, and to objects with an unknown or a missing member.
fn changes(error: &Instance) -> Vec<Change> {
    let mut all = Vec::new();
    for node in &error.nodes {
        let pointer = &node.pointer;
        let mut change = |label: &str, value: Value, may_lose_content: bool| {
            all.push(Change {
                label: format!("{label} at {pointer}"),
                body: error.replace_at(pointer, value),
                may_lose_content,
            });
        };
        // A null among the errors carries no information, so the SDK omits it.
        let is_item = error.at(pointer).is_object() && !pointer.is_empty();
        change("null", Value::Null, is_item);
        for value in [
            json!("string"),
            json!(7),
            json!(true),
            json!([1]),
            json!({"a": 1}),
        ] {
            change(&value.to_string(), value.clone(), true);
        }
        if let (NodeKind::Object, Value::Object(members)) = (&node.kind, error.at(pointer)) {
            let mut extended = members.clone();
            extended.insert(UNKNOWN_FIELD.to_owned(), json!([1, 2]));
            change("an unknown field", Value::Object(extended), false);
            for name in members.keys() {
                let mut reduced = members.clone();
                reduced.remove(name);
                change(&format!("no `{name}`"), Value::Object(reduced), false);
            }
        }
    }
    all
}

/// Calls the operation with this error response, and returns the API error or a description of what happened instead.
async fn api_error(
    spec: &OperationSpec,
    server: &MockServer,
    clerk: &Clerk,
    status: u16,
    body: &Value,
) -> Result<APIErrorResponse, String> {
    let operation = find_call(&spec.id).ok_or("the SDK has no such operation")?;
    server.respond_with(status, Some(body));
    match (operation.call)(clerk, &required_arguments(spec)).await {
        Err(Error::Api(error)) if error.status() == status => {
            let raw: Option<Value> = serde_json::from_str(&error.raw_json()).ok();
            match raw.as_ref() == Some(body) {
                true => Ok(error),
                false => Err("the error lost the body".to_owned()),
            }
        }
        other => Err(format!("{other:?}")),
    }
}

/// Returns the content of an API error as the JSON of an error response.
fn as_json(error: &APIErrorResponse) -> Value {
    json!({
        "errors": error.errors(),
        "meta": error.meta(),
        "clerk_trace_id": error.trace_id(),
    })
}
