//! Clerk's OpenAPI document, and responses that are built from its schemas.

mod document;
pub(crate) mod example_response;
