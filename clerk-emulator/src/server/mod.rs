//! The HTTP server: connections, the secret key, the check of requests, stubs and the log.

mod dispatch;
pub(crate) mod listener;
#[cfg(feature = "page")]
pub(crate) mod local_request;
mod query_values;
pub(crate) mod request_log;
pub(crate) mod service;
pub(crate) mod stubs;
