//! The HTTP server: connections, the secret key, the check of requests, stubs and the log.

mod authentication;
mod bounded_log;
pub(crate) mod dispatch;
pub(crate) mod faults;
mod instances;
pub(crate) mod listener;
pub(crate) mod local_request;
mod query_values;
mod rate_limits;
pub(crate) mod request_log;
pub(crate) mod service;
pub(crate) mod stubs;
mod transport;
