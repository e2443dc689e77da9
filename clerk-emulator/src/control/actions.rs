//! What people do in the application, and what their browsers have: the Backend API has no operations for it.

use serde_json::{Value, json};

use super::call::{Call, ControlError, ControlResult};
use super::members::{optional_text, text};
use crate::http::response::ErrorResponse;
use crate::rules;

type Action = fn(&Call<'_>) -> ControlResult;

/// The actions by the names of their routes.
const ACTIONS: [(&str, Action); 11] = [
    ("accept_invitation", accept_invitation),
    (
        "accept_organization_invitation",
        accept_organization_invitation,
    ),
    ("end_session", end_session),
    ("issue_oauth_access_token", issue_oauth_access_token),
    ("records", add_record),
    ("refresh_token", refresh_token),
    ("rotate_key", rotate_key),
    ("session_token", session_token),
    ("sign_up", sign_up),
    ("set_active_organization", set_active_organization),
    ("subscribe", subscribe),
];

pub(super) fn handle(call: &Call<'_>, name: &str) -> ControlResult {
    let action = ACTIONS.iter().find(|(known, _)| *known == name);
    let (_, action) = action.ok_or(ControlError::NoRoute)?;
    action(call)
}

fn session_token(call: &Call<'_>) -> ControlResult {
    let body = call.json(&["user_id", "claims"])?;
    let user_id = text(&body, "user_id")?;
    let token = call.change(|it| rules::browser_token(it, user_id, &body["claims"]))?;
    Ok(json!({ "jwt": token }))
}

fn refresh_token(call: &Call<'_>) -> ControlResult {
    let [id] = call.texts(["session_id"])?;
    let refusal = "there is no such session";
    let token = call.change_if_possible(refusal, |it| rules::refresh_token(it, &id))?;
    Ok(json!({ "refresh_token": token }))
}

fn end_session(call: &Call<'_>) -> ControlResult {
    let [id] = call.texts(["session_id"])?;
    let ended = call.change(|it| rules::end_session(it, &id))?;
    Ok(json!({ "ended": ended }))
}

fn set_active_organization(call: &Call<'_>) -> ControlResult {
    let body = call.json(&["session_id", "organization_id"])?;
    let id = text(&body, "session_id")?;
    let organization_id = optional_text(&body, "organization_id")?;
    let set = call.change(|it| rules::set_active_organization(it, id, organization_id))?;
    Ok(json!({ "is_set": set }))
}

fn accept_invitation(call: &Call<'_>) -> ControlResult {
    let [id] = call.texts(["invitation_id"])?;
    let refusal = "the invitation cannot be accepted";
    let user_id = call.change_if_possible(refusal, |it| rules::accept_invitation(it, &id))?;
    Ok(json!({ "user_id": user_id }))
}

fn sign_up(call: &Call<'_>) -> ControlResult {
    let [identifier] = call.texts(["identifier"])?;
    let user_id = call.change(|it| rules::sign_up(it, &identifier))?;
    let refused = |error: ErrorResponse| ControlError::Impossible(error.describe());
    Ok(json!({ "user_id": user_id.map_err(refused)? }))
}

fn accept_organization_invitation(call: &Call<'_>) -> ControlResult {
    let [id, user_id] = call.texts(["invitation_id", "user_id"])?;
    let accept = |it: &mut _| rules::accept_organization_invitation(it, &id, &user_id).is_ok();
    Ok(json!({ "accepted": call.change(accept)? }))
}

fn issue_oauth_access_token(call: &Call<'_>) -> ControlResult {
    let [id, user_id] = call.texts(["oauth_application_id", "user_id"])?;
    let issue = |it: &mut _| rules::issue_oauth_access_token(it, &id, &user_id);
    let token = call.change_if_possible("there is no such application or user", issue)?;
    Ok(json!({ "token": token }))
}

fn add_record(call: &Call<'_>) -> ControlResult {
    let body = call.any_json()?;
    let resource = text(&body, "resource")?;
    let mut members = body.as_object().cloned().unwrap_or_default();
    members.remove("resource");
    let members = Value::Object(members);
    let id = call.change(|it| rules::add_record(it, resource, &members))?;
    Ok(json!({ "id": id.map_err(ControlError::Impossible)? }))
}

fn rotate_key(call: &Call<'_>) -> ControlResult {
    let body = call.json(&["drop_old"])?;
    let drop_old = body["drop_old"] == true;
    let id = call.controls.rotate_key(call.key, drop_old);
    Ok(json!({ "kid": id }))
}

fn subscribe(call: &Call<'_>) -> ControlResult {
    let [payer, plan] = call.texts(["payer", "plan"])?;
    let refusal = "there is no such payer, or no such plan for it";
    let id = call.change_if_possible(refusal, |it| rules::subscribe(it, &payer, &plan))?;
    Ok(json!({ "subscription_item_id": id }))
}
