//! Reads the vendored OpenAPI document, independently of the code generator.

mod enums_and_unions;
mod json_pointer;
mod openapi_document;
mod operation_spec;
mod schema_validation;

pub(crate) use enums_and_unions::{EnumsAndUnions, only_lists_required};
pub(crate) use json_pointer::{escape_segment, unescape_segment};
pub(crate) use openapi_document::{DOCUMENT, OpenApiDocument, WEBHOOKS};
pub(crate) use operation_spec::{BodySpec, OPERATIONS, OperationSpec, ParameterSpec};
pub(crate) use schema_validation::schema_violations;
