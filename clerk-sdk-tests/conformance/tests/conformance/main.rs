//! Conformance tests: every operation of the vendored OpenAPI document, called through the SDK.
//!
//! The document is the test oracle. Each stage uses only the stages above it:
//!
//! 1. `document` reads the OpenAPI document, and validates JSON against its schemas.
//! 2. `schema_instances` generates values that a schema allows.
//! 3. `dynamic_calls` calls an operation with arguments given as JSON. The generated `calls` has an entry for every
//!    operation, and `call_registry` finds one by operation ID.
//! 4. `argument_values` generates the arguments of an operation, and `mock_server` receives the request.
//! 5. `requests` checks the request that arrives. `responses` checks how the SDK handles success responses, error
//!    responses and malformed responses.
//!    `webhook_events` does the same for the events of the other document.
//!    `emulator` calls every operation of the emulator, and checks its responses.
//! 6. `schema_coverage` checks that the generated values reach every enum and union. `coverage_report` writes what was
//!    exercised for `cargo xtask coverage`.

mod argument_values;
mod call_registry;
#[allow(deprecated, reason = "deprecated operations are tested as well")]
mod calls;
mod coverage_report;
mod document;
mod dynamic_calls;
mod emulator;
mod failure_report;
mod mock_server;
mod requests;
mod responses;
mod schema_coverage;
mod schema_instances;
mod webhook_events;

/// The generated calls use the SDK under this name.
use clerk_sdk as sdk;
