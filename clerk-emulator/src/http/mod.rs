//! HTTP requests and responses, and errors in Clerk's format.

pub(crate) mod api_version;
pub(crate) mod multipart;
pub(crate) mod path;
pub(crate) mod query;
pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod timestamp;
