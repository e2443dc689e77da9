//! The result of authentication, which fairings and guards share in Rocket's request-local cache.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use rocket::request::Request;

use crate::auth::RequestState;

/// The result of authenticating a request, and the responses that deny it.
#[derive(Default)]
pub(super) struct AuthRecord {
    /// The states of all gates that admitted the request, in their order.
    pub(super) states: Vec<RequestState>,
    /// The response of a gate that denied the request before it reached a handler.
    pub(super) denied_by_gate: Option<http::Response<Bytes>>,
    /// The response of a guard that denied the request, which a handler may have replaced.
    pub(super) denied_by_guard: Option<http::Response<Bytes>>,
}

pub(super) fn auth_record<'r>(request: &'r Request<'_>) -> MutexGuard<'r, AuthRecord> {
    let record = request.local_cache(|| Mutex::new(AuthRecord::default()));
    record.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn state(request: &Request<'_>) -> Option<RequestState> {
    auth_record(request).states.last().cloned()
}
