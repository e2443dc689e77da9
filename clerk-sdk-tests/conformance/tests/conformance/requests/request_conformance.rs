//! Tests that call every operation over HTTP, and check the request that arrives and the response that is decoded.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use clerk_sdk::Clerk;
use clerk_sdk_tests::json_differences;
use serde_json::Value;

use super::received_request::request_problems;
use crate::argument_values::{generate_arguments, with_each_enum_value};
use crate::call_registry::{all_calls, find_call};
use crate::coverage_report::CoverageReport;
use crate::document::{DOCUMENT, OPERATIONS, OperationSpec};
use crate::dynamic_calls::{CallArguments, OperationCall};
use crate::failure_report::assert_no_failures;
use crate::mock_server::MockServer;
use crate::schema_instances::{FieldSelection, GenerationError, InstanceGenerator};

/// One call of an operation, and the response to it.
struct TestCase {
    label: String,
    arguments: Value,
    response: Option<Value>,
}

#[tokio::test]
async fn every_operation_sends_the_documented_request_and_decodes_the_response() {
    let mut report = CoverageReport::default();
    let mut failures = Vec::new();
    let server = MockServer::default();
    let clerk = server.serve_http().await;
    for spec in OPERATIONS.iter() {
        let Some(operation) = find_call(&spec.id) else {
            failures.push(format!("{}: the SDK has no such operation", spec.id));
            continue;
        };
        let cases = match test_cases(spec, &mut report) {
            Ok(cases) => cases,
            Err(error) => {
                failures.push(format!("{}: {error:?}", spec.id));
                continue;
            }
        };
        for case in cases {
            server.respond_with(spec.success_status, case.response.as_ref());
            let problems = run_case(spec, operation, &clerk, &server, &case).await;
            let describe = |it: String| format!("{} ({}): {it}", operation.name, case.label);
            failures.extend(problems.into_iter().map(describe));
        }
    }
    report.write("wire");
    assert_no_failures(&failures);
    assert_eq!(report.len(), OPERATIONS.len());
}

#[test]
fn the_sdk_has_no_operation_that_the_document_does_not_have() {
    let documented: BTreeSet<&str> = OPERATIONS.iter().map(|it| &*it.id).collect();
    let undocumented: Vec<&str> = all_calls()
        .map(|it| it.id)
        .filter(|id| !documented.contains(id))
        .collect();
    assert!(undocumented.is_empty(), "{undocumented:?}");
}

/// Returns a case for each field selection, and one for each value of each enum in the arguments.
fn test_cases(
    operation: &OperationSpec,
    report: &mut CoverageReport,
) -> Result<Vec<TestCase>, GenerationError> {
    let mut cases = Vec::new();
    report.exercised(&operation.id);
    for selection in [
        FieldSelection::Required,
        FieldSelection::All,
        FieldSelection::AllWithNulls,
    ] {
        let arguments = generate_arguments(operation, selection)?;
        let mut generator = InstanceGenerator::new(&DOCUMENT, selection);
        let response = operation
            .success_schema
            .as_ref()
            .map(|schema| generator.generate(schema, "response"));
        let response = response.transpose()?.map(|it| it.value);
        if selection == FieldSelection::All {
            for (schema, arguments) in with_each_enum_value(&arguments) {
                report.exercised(&operation.id).enums.insert(schema.clone());
                cases.push(TestCase {
                    label: format!("a value of the enum at {schema}"),
                    arguments,
                    response: response.clone(),
                });
            }
        }
        cases.push(TestCase {
            label: format!("{selection:?}"),
            arguments: arguments.value,
            response,
        });
    }
    Ok(cases)
}

async fn run_case(
    spec: &OperationSpec,
    operation: &OperationCall,
    clerk: &Clerk,
    server: &MockServer,
    case: &TestCase,
) -> Vec<String> {
    let arguments = CallArguments(case.arguments.clone());
    // Arguments that the SDK does not accept cause a panic, which must not end the test of other operations.
    let call = AssertUnwindSafe(|| (operation.call)(clerk, &arguments));
    let Ok(call) = catch_unwind(call) else {
        return vec!["the SDK does not accept these arguments: see the panic above".to_owned()];
    };
    let result = call.await;
    let Some(request) = server.take_request() else {
        return vec![format!("no request arrived: {result:?}")];
    };
    let mut problems = request_problems(spec, &case.arguments, &request).await;
    match (result, &case.response) {
        (Ok(decoded), Some(sent)) => problems.extend(json_differences(sent, &decoded.json)),
        (Ok(decoded), None) if spec.responds_with_text && decoded.json == "" => {}
        (Ok(decoded), None) if decoded.json.is_null() => {}
        (result, _) => problems.push(format!("response: {result:?}")),
    }
    problems
}
