//! Tests of retries: which calls are retried, after which delay, and which error they end with.
//!
//! The tests use tokio's paused clock, which advances to the next timer when all tasks are idle.

mod budget_properties;
mod final_errors;
mod mock_backend;
mod property_tests;
mod retry_attempts;
mod retry_budget;
mod retry_delays;
