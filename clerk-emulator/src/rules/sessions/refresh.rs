//! Refreshing a session: a new token for one that has expired, by the refresh token of the client.

use serde_json::{Value, json};

use super::claims::{Version, session_claims};
use super::minting::sign;
use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::store::record::Record;
use crate::tables::sessions::{CLIENT, SESSION, is_live};
use crate::tables::users::USER;

const LIFETIME_SECONDS: i64 = 60;

/// A member that responses do not have: the signatures of the expired tokens that have refreshed a session.
const CONSUMED: &str = "consumed_tokens";

/// Far more tokens than a test uses, so that a long run does not exhaust memory.
const MAX_CONSUMED: usize = 100;

pub(super) fn refresh(call: &mut Call<'_>) -> CallResult {
    let session = checked_session(call)?;
    consume_token(call, &session)?;
    let origin = call.text("request_origin").unwrap_or_default();
    let version = Version::of_request(call);
    let mut claims = session_claims(call.instance, &session, LIFETIME_SECONDS, version);
    claims.insert("azp".to_owned(), origin.into());
    let jwt = sign(call.instance, claims);
    Ok(match call.text("format").as_deref() {
        Some("cookie") => {
            let cookie = format!("__session={jwt}; Path=/; Secure; SameSite=Lax");
            json!({ "object": "cookies", "cookies": [cookie] })
        }
        _ => json!({ "object": "token", "jwt": jwt }),
    })
}

/// Returns the session of the path, if the tokens of the body allow to refresh it.
fn checked_session(call: &Call<'_>) -> Result<Record, ErrorResponse> {
    let id = call.path_param(0);
    let sessions = call.instance.all(&SESSION);
    let session = sessions.get(&id).ok_or_else(|| {
        let message = format!("There is no session with the id {id:?}.");
        refused("session_refresh_session_not_found", &message)
    })?;
    let token = call.text("expired_token").unwrap_or_default();
    let claims = call.instance.keys.claims(&token);
    let claims = claims.ok_or_else(|| {
        let message = "The expired token is not one of this instance.";
        refused("expired_session_token_invalid", message)
    })?;
    check_claims(call, &claims, &id)?;
    if !is_live(call.instance, session) {
        let message = "The session is not active.";
        return Err(refused("session_refresh_inactive_session", message));
    }
    let client = call.instance.all(&CLIENT).get(session.str("client_id"));
    let known = client.map(|it| it.str("refresh_token")).unwrap_or_default();
    if known.is_empty() || call.text("refresh_token").as_deref() != Some(known) {
        let message = "The refresh token is not that of the session's client.";
        return Err(refused("refresh_token_not_found", message));
    }
    if call
        .instance
        .all(&USER)
        .get(session.str("user_id"))
        .is_none()
    {
        let message = "The user of the session does not exist.";
        return Err(refused("session_refresh_user_not_found", message));
    }
    Ok(session.clone())
}

/// Remembers the expired token, which refreshes the session only once.
fn consume_token(call: &mut Call<'_>, session: &Record) -> Result<(), ErrorResponse> {
    let token = call.text("expired_token").unwrap_or_default();
    let signature = token.rsplit('.').next().unwrap_or_default();
    let mut consumed = session.strings(CONSUMED);
    if consumed.contains(&signature) {
        let message = "The expired token has refreshed the session before.";
        return Err(refused(
            "session_refresh_expired_session_token_consumed",
            message,
        ));
    }
    let oldest = (consumed.len() + 1).saturating_sub(MAX_CONSUMED);
    consumed.drain(..oldest);
    consumed.push(signature);
    let consumed = json!(consumed);
    let sessions = call.instance.all_mut(&SESSION);
    sessions.update(&session.id, |it| it.set(CONSUMED, consumed));
    Ok(())
}

fn check_claims(call: &Call<'_>, claims: &Value, id: &str) -> Result<(), ErrorResponse> {
    for (name, code) in [
        ("sid", "expired_session_token_missing_sid"),
        ("azp", "expired_session_token_missing_azp"),
        ("iat", "session_refresh_expired_session_token_missing_iat"),
    ] {
        if claims.get(name).is_none() {
            let message = format!("The expired token has no claim {name:?}.");
            return Err(refused(code, &message));
        }
    }
    if claims["sid"] != id {
        let message = "The expired token belongs to another session.";
        return Err(refused("refresh_sid_mismatch", message));
    }
    let origin = call.text("request_origin").unwrap_or_default();
    if !origin.starts_with("http://") && !origin.starts_with("https://") {
        let message = "\"request_origin\" must be an origin such as https://example.com.";
        return Err(refused("refresh_request_origin_invalid", message));
    }
    if claims["azp"] != *origin {
        let message = "The expired token belongs to another origin.";
        return Err(refused("refresh_request_origin_azp_mismatch", message));
    }
    Ok(())
}

fn refused(code: &'static str, message: &str) -> ErrorResponse {
    ErrorResponse::new(401, code, message)
}
