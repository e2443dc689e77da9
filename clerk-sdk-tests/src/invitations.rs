//! Invitations to the application: sent one by one or in bulk, listed, revoked.

use serde_json::{Map, Value, json};

use crate::answer::{Answer, Failure};
use crate::fields::{Field, copy_values, flag, integer, object, text};
use crate::ids::{id, now};
use crate::paging::{listed, order, page};
use crate::request::RecordedRequest;
use crate::state::{State, find_mut, refuse_taken};
use crate::user_filter::{contacts, parsed};
use crate::users::is_email;

/// In bulk more of these may be null than alone; the emulator takes both.
const CREATE: [Field; 7] = [
    text("email_address").required(),
    object("public_metadata").or_null(),
    text("redirect_url").or_null(),
    flag("notify").or_null(),
    flag("ignore_existing").or_null(),
    integer("expires_in_days").or_null(),
    text("template_slug"),
];

const ORDERS: [(&str, &str); 3] = [
    ("created_at", "/created_at"),
    ("email_address", "/email_address"),
    ("expires_at", "/expires_at"),
];

const DAY: i64 = 24 * 60 * 60 * 1000;

pub(crate) fn create(state: &mut State, request: &RecordedRequest) -> Answer {
    let body = request.object(&CREATE)?;
    let invitation = invitation(state, &body)?;
    state.invitations.push(invitation.clone());
    Ok(invitation)
}

/// All of them are sent, or none.
pub(crate) fn create_bulk(state: &mut State, request: &RecordedRequest) -> Answer {
    let bodies = request.objects(&CREATE)?;
    if !(1..=10).contains(&bodies.len()) {
        let message = "one to ten at a time";
        return Err(Failure::new(422, "form_param_value_invalid", message));
    }
    let before = state.invitations.len();
    for body in &bodies {
        match invitation(state, body) {
            Ok(invitation) => state.invitations.push(invitation),
            Err(failure) => {
                state.invitations.truncate(before);
                return Err(failure);
            }
        }
    }
    Ok(state.invitations[before..].to_vec().into())
}

fn invitation(state: &State, body: &Map<String, Value>) -> Answer {
    let email = body.get("email_address").and_then(Value::as_str);
    let email = email.unwrap_or_default();
    if !is_email(email) {
        let (code, message) = ("form_param_format_invalid", "this is not written as such");
        return Err(Failure::param(code, "email_address", message));
    }
    if body.get("ignore_existing") != Some(&Value::Bool(true)) {
        refuse_taken(&state.users, "", "email_address", |user| {
            contacts(user, "email_address").contains(&email)
        })?;
        let is_open = |it: &Value| it["email_address"] == email && it["status"] == "pending";
        if state.invitations.iter().any(is_open) {
            let message = "that address is invited already";
            return Err(Failure::new(400, "duplicate_record", message));
        }
    }
    let days = body.get("expires_in_days").and_then(Value::as_i64);
    let days = days.unwrap_or(30);
    if !(1..=365).contains(&days) {
        let (code, message) = ("form_param_value_invalid", "this is out of range");
        return Err(Failure::param(code, "expires_in_days", message));
    }
    let id = id("inv");
    let mut invitation = json!({
        "object": "invitation", "id": id, "email_address": email, "public_metadata": {},
        "revoked": false, "status": "pending",
        "url": format!("https://accounts.example.com/invitations/{id}"),
        "expires_at": now() + days * DAY, "created_at": now(), "updated_at": now(),
    });
    copy_values(&mut invitation, body, &["public_metadata"]);
    Ok(invitation)
}

/// All but the revoked ones; those too where their status is asked for.
pub(crate) fn list(state: &State, request: &RecordedRequest) -> Answer {
    let status = request.one("status");
    let query = request.one("query").unwrap_or_default();
    let kept = state.invitations.iter().filter(|it| {
        let email = it["email_address"].as_str().unwrap_or_default();
        let has_status = match &status {
            Some(status) => it["status"] == status.as_str(),
            None => it["status"] != "revoked",
        };
        has_status && (email.contains(&query) || it["id"] == query.as_str())
    });
    let mut invitations: Vec<Value> = kept.cloned().collect();
    order(request, &mut invitations, &ORDERS)?;
    if parsed(request, "paginated")?.unwrap_or(false) {
        return listed(request, invitations);
    }
    Ok(page(request, invitations)?.into())
}

pub(crate) fn revoke(state: &mut State, invitation_id: &str) -> Answer {
    let invitation = find_mut(&mut state.invitations, invitation_id, "invitation")?;
    if invitation["status"] == "revoked" {
        let message = "it is revoked already";
        return Err(Failure::new(400, "invitation_already_revoked", message));
    }
    invitation["status"] = "revoked".into();
    invitation["revoked"] = true.into();
    invitation["updated_at"] = now().into();
    Ok(invitation.clone())
}
