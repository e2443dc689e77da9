//! Tests that every documented response decodes without losing or changing anything.

use clerk_sdk::Clerk;
use clerk_sdk_tests::json_differences;
use serde_json::Value;

use super::responding_operation::{
    RespondingOperation, list_with_total, operations_with_response_body,
};
use crate::argument_values::required_arguments;
use crate::call_registry::find_call;
use crate::coverage_report::CoverageReport;
use crate::document::{EnumsAndUnions, OPERATIONS, OperationSpec};
use crate::failure_report::assert_no_failures;
use crate::mock_server::MockServer;
use crate::schema_instances::{FieldSelection, NodeKind};

/// A response to decode.
struct TestCase {
    label: String,
    response: Value,
    /// Whether the response may decode to catch-all variants: the document does not require the member that
    /// distinguishes the variants of some unions.
    may_be_unknown: bool,
}

#[tokio::test]
async fn every_documented_response_decodes_without_loss() {
    let mut report = CoverageReport::default();
    let mut failures = Vec::new();
    let server = MockServer::default();
    let clerk = server.in_process_client();
    for operation in operations_with_response_body() {
        let exercised = report.exercised(&operation.spec.id);
        for case in test_cases(&operation, exercised) {
            let problems = match operation.decode(&server, &clerk, &case.response).await {
                Ok(decoded) if !case.may_be_unknown && decoded.has_unknown_variant() => {
                    vec!["a documented value was decoded to a catch-all variant".to_owned()]
                }
                Ok(decoded) => json_differences(&case.response, &decoded.json),
                Err(error) => vec![format!("{error:?}")],
            };
            let describe = |it: String| format!("{} ({}): {it}", operation.call.name, case.label);
            failures.extend(problems.into_iter().map(describe));
        }
    }
    for spec in OPERATIONS.iter() {
        if spec.success_schema.is_none() {
            failures.extend(problems_without_body(spec, &server, &clerk).await);
            report.exercised(&spec.id);
        }
    }
    report.write("decode");
    assert_no_failures(&failures);
    assert_eq!(report.len(), OPERATIONS.len());
}

/// Calls an operation without a documented response body. The SDK ignores the body, or returns it
/// as text, so no body may cause an error.
async fn problems_without_body(
    spec: &OperationSpec,
    server: &MockServer,
    clerk: &Clerk,
) -> Vec<String> {
    let mut problems = Vec::new();
    let operation =
        find_call(&spec.id).expect("the request tests check that the SDK has every operation");
    for body in ["", "null", "{}", "OK", "<html>"] {
        server.respond_with_bytes(spec.success_status, body);
        let result = (operation.call)(clerk, &required_arguments(spec)).await;
        let expected = match spec.responds_with_text {
            true => Value::from(body),
            false => Value::Null,
        };
        if !matches!(&result, Ok(decoded) if decoded.json == expected) {
            problems.push(format!("{} ({body:?}): {result:?}", operation.name));
        }
    }
    problems
}

/// Returns a response for each field selection, each variant of each union and each value of each enum, and the lists
/// among them in both of their forms.
fn test_cases(operation: &RespondingOperation, exercised: &mut EnumsAndUnions) -> Vec<TestCase> {
    let mut cases = Vec::new();
    for selection in [FieldSelection::Required, FieldSelection::AllWithNulls] {
        cases.push(TestCase {
            label: format!("{selection:?}"),
            response: operation.generate_response(selection).value,
            may_be_unknown: selection == FieldSelection::Required,
        });
    }
    for (index, instance) in operation.response_variants().into_iter().enumerate() {
        cases.push(TestCase {
            label: format!("variant {index}"),
            response: instance.value.clone(),
            may_be_unknown: false,
        });
        for node in &instance.nodes {
            match &node.kind {
                NodeKind::Enum(values) => {
                    exercised.enums.insert(node.schema.clone());
                    cases.extend(values.iter().map(|value| TestCase {
                        label: format!("{value} at {}", node.pointer),
                        response: instance.replace_at(&node.pointer, value.clone()),
                        may_be_unknown: false,
                    }));
                }
                NodeKind::Union { .. } => {
                    exercised.unions.insert(node.schema.clone());
                }
                _ => {}
            }
        }
    }
    let with_total = cases.iter().filter_map(|case| {
        Some(TestCase {
            label: format!("{}, with a total", case.label),
            response: list_with_total(&case.response)?,
            may_be_unknown: case.may_be_unknown,
        })
    });
    let with_total: Vec<_> = with_total.collect();
    cases.extend(with_total);
    cases
}
