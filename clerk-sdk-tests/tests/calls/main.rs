//! Tests of calls over a backend of the test: what they send, what they return and how they fail.

mod blocking;
mod custom_backends;
mod error_bodies;
mod errors;
mod in_flight;
mod raw_requests;
mod requests;
#[path = "../support/mod.rs"]
mod support;
mod text_responses;
mod timeouts;
mod tower_service;
