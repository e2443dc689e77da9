//! Tests of `clerk_sdk::webhook`.

mod failures;
mod processed_messages;
mod signatures;
