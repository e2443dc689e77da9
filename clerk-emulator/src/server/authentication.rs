//! The secret key of a request: who sent it.

use std::collections::HashMap;

use crate::http::request::RecordedRequest;
use crate::http::response::ErrorResponse;
use crate::rules;
use crate::store::instance::Instance;

/// Who sent a request.
pub(super) struct Caller {
    /// The secret key of the instance.
    pub(super) key: String,
    /// The machine whose secret key the request has.
    pub(super) machine: Option<String>,
}

/// Returns who sent a request, if the emulator accepts its secret key.
pub(super) fn authenticate(
    instances: &HashMap<String, Instance>,
    request: &RecordedRequest,
    accepts_machines: bool,
) -> Result<Caller, ErrorResponse> {
    let header = request.headers.get("authorization");
    let key = header
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    let Some(key) = key else {
        let message = "The header Authorization must have the form \"Bearer <secret key>\".";
        let code = "authorization_header_format_invalid";
        return Err(ErrorResponse::new(401, code, message));
    };
    if instances.contains_key(key) {
        let (key, machine) = (key.to_owned(), None);
        return Ok(Caller { key, machine });
    }
    if !accepts_machines {
        let message = "The emulator has no instance with this secret key.";
        return Err(ErrorResponse::new(401, "clerk_key_invalid", message));
    }
    let mut callers = instances.iter().filter_map(|(instance_key, instance)| {
        let machine = Some(rules::machine_with_secret_key(instance, key)?);
        let key = instance_key.clone();
        Some(Caller { key, machine })
    });
    callers.next().ok_or_else(|| {
        let message = "The emulator has no instance and no machine with this secret key.";
        ErrorResponse::new(401, "machine_secret_key_invalid", message)
    })
}
