//! Clerk's OpenAPI document: its operations, their routes, and the shapes of their responses.

pub(crate) mod api_document;
pub(crate) mod loading;
mod mistakes;
pub(crate) mod object_shape;
pub(crate) mod operation;
mod schema;
#[cfg(feature = "validation")]
mod validation;
