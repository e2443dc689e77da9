//! The HTTP server: accepts connections, records requests, returns stubs and checks the secret key.

pub(crate) mod listener;
mod request_log;
pub(crate) mod service;
pub(crate) mod stubs;
