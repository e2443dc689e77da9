//! The handshake, by which an application gets the cookies that a browser has for the Frontend API.

use serde_json::{Value, json};

use crate::http::response::ErrorResponse;
use crate::store::instance::Instance;

/// Returns the cookies that a handshake sets. Its nonce is a session token here, so that tests need no further state.
pub(crate) fn handshake_payload(instance: &Instance, nonce: &str) -> Result<Value, ErrorResponse> {
    let claims = instance.keys.claims(nonce);
    let claims = claims.ok_or_else(|| ErrorResponse::not_found("handshake", nonce))?;
    let signed_in_at = claims["iat"].as_i64().unwrap_or_default();
    let directives = [
        format!("__session={nonce}; Path=/; SameSite=Lax"),
        format!("__client_uat={signed_in_at}; Path=/; SameSite=Lax"),
    ];
    Ok(json!({ "directives": directives }))
}
