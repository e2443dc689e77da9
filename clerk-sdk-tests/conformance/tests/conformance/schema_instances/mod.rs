//! Generates instances of the document's schemas: values that a request or a response may contain.

mod generation_error;
mod generator;
mod instance;
mod regex_strings;
mod scalar_values;
mod unsupported_schemas;

pub(crate) use generation_error::GenerationError;
pub(crate) use generator::{FieldSelection, InstanceGenerator};
pub(crate) use instance::{Instance, InstanceNode, NodeKind};
