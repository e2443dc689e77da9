//! Sessions and their tokens.

mod claims;
mod handshake;
pub(super) mod minting;
mod refresh;
pub(super) mod session;
mod template_context;

use serde_json::{Value, json};

use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::changes::{add_event, announce_object, record_id};
use crate::resources::listing::list;
use crate::resources::rendering::{render, render_object};
use crate::resources::table::{Operations, get, rule};
use crate::store::instance::Instance;
use crate::store::record::Record;
use crate::tables::organization_records::membership;
use crate::tables::sessions::{CLIENT, SESSION, is_live, status};
use crate::tables::users::USER;
use session::new_session;

pub(crate) use handshake::handshake_payload;
pub(crate) use minting::browser_token;

pub(super) const OPERATIONS: &Operations = &[
    ("GetSessionList", rule(list_sessions)),
    ("createSession", rule(create)),
    ("GetSession", get(&SESSION)),
    ("RevokeSession", rule(revoke)),
    ("CreateSessionToken", rule(minting::create_token)),
    (
        "CreateSessionTokenFromTemplate",
        rule(minting::create_token_from_template),
    ),
    ("RefreshSession", rule(refresh::refresh)),
    ("GetJWKS", rule(get_jwks)),
];

/// Lists the sessions of a client or a user. One of the two has to be given.
fn list_sessions(call: &mut Call<'_>) -> CallResult {
    if call.query("client_id").is_none() && call.query("user_id").is_none() {
        let message = "The list of sessions needs \"client_id\" or \"user_id\".";
        let error = ErrorResponse::new(422, "form_param_missing", message);
        return Err(error.with_param("user_id"));
    }
    list(call, &SESSION)
}

/// Creates a session on a client of its own.
fn create(call: &mut Call<'_>) -> CallResult {
    if !call.instance.options.is_development() {
        let message = "Sessions can be created only in development instances.";
        let code = "request_invalid_for_environment";
        return Err(ErrorResponse::new(400, code, message));
    }
    let user_id = call.text("user_id").unwrap_or_default();
    let user = call.instance.find(&USER, &user_id)?;
    if user.is("banned") {
        let message = "The user is banned.";
        return Err(ErrorResponse::new(403, "user_banned", message));
    }
    let organization_id = call.text("active_organization_id");
    if let Some(id) = &organization_id
        && membership(call.instance, &user_id, id).is_none()
    {
        let message = format!("The user is not a member of an organization {id:?}.");
        let code = "organization_not_found_or_unauthorized";
        return Err(ErrorResponse::new(404, code, message));
    }
    let mut client = call.instance.new_record(&CLIENT);
    client.set("refresh_token", call.instance.ids.secret(32));
    let session = new_session(call.instance, &user_id, &client.id, organization_id);
    call.instance.all_mut(&CLIENT).insert(client);
    call.instance.all_mut(&SESSION).insert(session.clone());
    let now = session.created_at;
    call.instance.all_mut(&USER).update(&user_id, |user| {
        user.set("last_sign_in_at", now);
        user.set("last_active_at", now);
    });
    let event = match status(call.instance, &session) {
        "pending" => "session.pending",
        _ => "session.created",
    };
    announce_object(call, event, &SESSION, &session);
    Ok(render(call, &SESSION, &session))
}

fn revoke(call: &mut Call<'_>) -> CallResult {
    let id = record_id(call, &SESSION)?;
    let session = call.instance.find(&SESSION, &id)?.clone();
    if !is_live(call.instance, &session) {
        let status = status(call.instance, &session);
        let message = format!("The session is {status}.");
        let code = "invalid_action_for_session";
        return Err(ErrorResponse::new(400, code, message));
    }
    let session = session::revoke(call, &session);
    Ok(render(call, &SESSION, &session))
}

/// Ends a session, as signing out does. Returns whether there is such a session and it was live.
pub(crate) fn end_session(instance: &mut Instance, id: &str) -> bool {
    let sessions = instance.all(&SESSION);
    let session = sessions.get(id).filter(|it| is_live(instance, it)).cloned();
    let Some(mut session) = session else {
        return false;
    };
    session.set("status", "ended");
    session.updated_at = instance.now();
    let data = render_object(instance, &SESSION, &session);
    instance.all_mut(&SESSION).insert(session);
    add_event(instance, "session.ended", &data, "");
    true
}

/// Makes an organization the active one of a session, or none. Returns whether the session is live, and its user is a
/// member of the organization.
pub(crate) fn set_active_organization(
    instance: &mut Instance,
    session_id: &str,
    organization_id: Option<&str>,
) -> bool {
    let sessions = instance.all(&SESSION);
    let session = sessions.get(session_id).filter(|it| is_live(instance, it));
    let Some(session) = session else {
        return false;
    };
    let user_id = session.str("user_id");
    if organization_id.is_some_and(|id| membership(instance, user_id, id).is_none()) {
        return false;
    }
    let change = |session: &mut Record| match organization_id {
        Some(id) => session.set("last_active_organization_id", id),
        None => drop(session.remove("last_active_organization_id")),
    };
    instance.change(&SESSION, session_id, change).is_ok()
}

/// Returns the refresh token of the client that has a session.
pub(crate) fn refresh_token(instance: &Instance, session_id: &str) -> Option<String> {
    let session = instance.all(&SESSION).get(session_id)?;
    let client = instance.all(&CLIENT).get(session.str("client_id"))?;
    Some(client.str("refresh_token").to_owned())
}

fn get_jwks(call: &mut Call<'_>) -> CallResult {
    Ok(jwks(call.instance))
}

/// Returns the public keys that verify the tokens of the instance.
pub(crate) fn jwks(instance: &Instance) -> Value {
    json!({ "keys": instance.keys.to_jwks() })
}
