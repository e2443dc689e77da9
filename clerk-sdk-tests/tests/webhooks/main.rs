//! Tests of `clerk_sdk::webhook`.

mod endpoints;
mod failures;
mod peers;
mod processed_messages;
mod signatures;
