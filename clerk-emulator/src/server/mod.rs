//! The HTTP server: connections, the secret key, the check of requests, stubs and the log.

mod dispatch;
pub(crate) mod listener;
mod query_values;
mod request_log;
pub(crate) mod service;
pub(crate) mod stubs;
