//! Clients: the browsers and devices that have sessions.

use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::rendering::render;
use crate::resources::table::{Operations, get, list, rule};
use crate::tables::sessions::CLIENT;

pub(super) const OPERATIONS: &Operations = &[
    ("GetClientList", list(&CLIENT)),
    ("GetClient", get(&CLIENT)),
    ("VerifyClient", rule(verify)),
];

/// Returns the client whose cookie is given: a token that names it.
fn verify(call: &mut Call<'_>) -> CallResult {
    let token = call.text("token").unwrap_or_default();
    let claims = call.instance.keys.claims(&token);
    let invalid = || {
        let message = "The token is not one of a client of this instance.";
        ErrorResponse::new(400, "cookie_invalid", message)
    };
    let claims = claims.ok_or_else(invalid)?;
    let id = claims["id"].as_str().ok_or_else(invalid)?;
    let client = call.instance.find(&CLIENT, id)?;
    Ok(render(call, &CLIENT, client))
}
