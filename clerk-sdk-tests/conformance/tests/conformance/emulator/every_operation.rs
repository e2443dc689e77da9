//! The test: every operation of the document succeeds at the emulator, or is refused for a reason that is given.

use clerk_sdk::Error;
use serde_json::Value;

use super::arguments::{Refusal, Scenario};
use super::world::World;
use crate::call_registry::find_call;
use crate::document::{OPERATIONS, OperationSpec, schema_violations};
use crate::dynamic_calls::{CallArguments, DecodedResponse};
use crate::failure_report::assert_no_failures;

/// The operations that cannot have state, and respond with a sample.
const SAMPLES: usize = 6;

#[tokio::test]
async fn every_operation_succeeds_at_the_emulator_with_everything_set() {
    let world = World::create().await;
    let mut failures = Scenario::unknown_operations(&OPERATIONS);
    let mut samples = 0;
    for operation in OPERATIONS.iter() {
        let scenario = Scenario::of(operation);
        samples += usize::from(scenario.is_sample());
        if let Err(problem) = check(&world, operation, &scenario).await {
            failures.push(format!("{}: {problem}", operation.id));
        }
    }
    assert_no_failures(&failures);
    assert_eq!(samples, SAMPLES);
}

/// Checks the refusal of an operation with every argument set, if there is one, and then a call that succeeds.
async fn check(
    world: &World,
    operation: &OperationSpec,
    scenario: &Scenario,
) -> Result<(), String> {
    let arguments = scenario.arguments(operation, &world.names);
    let mut arguments = arguments.map_err(|error| format!("{error:?}"))?;
    if let Some(refusal) = scenario.refusal() {
        check_refusal(world, operation, scenario, &refusal, &arguments).await?;
        arguments = refusal.avoid(&arguments, &world.names);
    }
    let result = call(world, operation, scenario, &arguments).await;
    result.map_err(|error| format!("{error}, with {arguments}"))?;
    let response = world.backend.take_response();
    let response = response.ok_or("no response arrived")?;
    if response.is_sample != scenario.is_sample() {
        return Err(format!("whether it is a sample: {}", response.is_sample));
    }
    // The document has 200, but Clerk responds with 201.
    let is_expected = response.status == operation.success_status
        || (operation.id == "createApiKey" && response.status == 201);
    if !is_expected {
        return Err(format!("the status is {}", response.status));
    }
    let Some(schema) = &operation.success_schema else {
        return Ok(());
    };
    let body: Value = serde_json::from_slice(&response.body).map_err(|it| it.to_string())?;
    let violations = schema_violations(schema, &body);
    match violations.is_empty() {
        true => Ok(()),
        false => Err(format!("{violations:?}: {body}")),
    }
}

async fn check_refusal(
    world: &World,
    operation: &OperationSpec,
    scenario: &Scenario,
    refusal: &Refusal,
    arguments: &Value,
) -> Result<(), String> {
    match call(world, operation, scenario, arguments).await {
        Err(Error::Api(error)) if error.has_code(refusal.code) => Ok(()),
        Err(error) => Err(format!("{error}, instead of {}", refusal.code)),
        Ok(_) => Err(format!("it is accepted, instead of {}", refusal.code)),
    }
}

/// Calls an operation, which begins with the state of the world.
async fn call(
    world: &World,
    operation: &OperationSpec,
    scenario: &Scenario,
    arguments: &Value,
) -> Result<DecodedResponse, Error> {
    world.restore();
    for request in scenario.requests_before() {
        world.send(request).await;
    }
    let found = find_call(&operation.id).expect("the SDK has every operation");
    let arguments = CallArguments(arguments.clone());
    (found.call)(world.client(scenario.client()), &arguments).await
}
