//! Tests of the types that responses decode to.

mod accessors;
mod date_time_crates;
mod metadata;
mod public_types;
mod responses;
#[path = "../support/mod.rs"]
mod support;
