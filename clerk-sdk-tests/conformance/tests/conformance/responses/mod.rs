//! Checks how the SDK handles responses: documented, changed, of wrong types, malformed, and errors.

mod decoding;
mod error_responses;
mod forward_compatibility;
mod identifying_members;
mod malformed_json;
mod malformed_response_checker;
mod node_selection;
mod resource_exhaustion;
mod responding_operation;
mod round_trips;
mod type_mismatches;

pub(crate) use responding_operation::{
    RespondingOperation, operations_with_response_body, union_variants,
};
