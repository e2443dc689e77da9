//! HTTP requests and responses: reading and validating requests, and errors in Clerk's format.

pub(crate) mod body_fields;
pub(crate) mod multipart;
pub(crate) mod path;
pub(crate) mod query;
pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod timestamp;
