//! Invitations to organizations: sent one by one or in bulk, listed, revoked.

use serde_json::{Map, Value, json};

use crate::answer::{Answer, Failure};
use crate::fields::{Field, copy_values, flag, integer, object, text};
use crate::ids::{id, now};
use crate::paging::{listed, order};
use crate::request::RecordedRequest;
use crate::state::{State, find};
use crate::user_filter::contacts;
use crate::users::is_email;

const CREATE: [Field; 8] = [
    text("email_address").required(),
    text("role").required(),
    text("inviter_user_id").or_null(),
    object("public_metadata").or_null(),
    object("private_metadata").or_null(),
    text("redirect_url").or_null(),
    integer("expires_in_days").or_null(),
    flag("notify").or_null(),
];

const ORDERS: [(&str, &str); 2] = [
    ("created_at", "/created_at"),
    ("email_address", "/email_address"),
];

const DAY: i64 = 24 * 60 * 60 * 1000;

pub(crate) fn create(state: &mut State, organization: &str, request: &RecordedRequest) -> Answer {
    let body = request.object(&CREATE)?;
    let invitation = invitation(state, organization, &body)?;
    state.organization_invitations.push(invitation.clone());
    Ok(invitation)
}

/// All of them are sent, or none.
pub(crate) fn create_bulk(
    state: &mut State,
    organization: &str,
    request: &RecordedRequest,
) -> Answer {
    let bodies = request.objects(&CREATE)?;
    if !(1..=10).contains(&bodies.len()) {
        let message = "one to ten at a time";
        return Err(Failure::new(422, "form_param_value_invalid", message));
    }
    let before = state.organization_invitations.len();
    for body in &bodies {
        match invitation(state, organization, body) {
            Ok(invitation) => state.organization_invitations.push(invitation),
            Err(failure) => {
                state.organization_invitations.truncate(before);
                return Err(failure);
            }
        }
    }
    let sent = &state.organization_invitations[before..];
    Ok(json!({ "data": sent, "total_count": sent.len() }))
}

fn invitation(state: &State, organization: &str, body: &Map<String, Value>) -> Answer {
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let organization = find(&state.organizations, organization, "organization")?;
    let email = text("email_address");
    if !is_email(email) {
        let (code, message) = ("form_param_format_invalid", "this is not written as such");
        return Err(Failure::param(code, "email_address", message));
    }
    let of_it = |it: &&Value| it["organization_id"] == organization["id"];
    let mut sent = state.organization_invitations.iter().filter(of_it);
    let is_open = |it: &Value| it["email_address"] == email && it["status"] == "pending";
    let mut users = state.users.iter();
    let user = users.find(|user| contacts(user, "email_address").contains(&email));
    let mut members = state.memberships.iter().filter(of_it);
    let is_member = user.is_some_and(|user| members.any(|it| it["user_id"] == user["id"]));
    if sent.any(is_open) || is_member {
        let message = "that address is invited or a member already";
        return Err(Failure::param("duplicate_record", "email_address", message));
    }
    let days = body.get("expires_in_days").and_then(Value::as_i64);
    let id = id("orginv");
    let mut invitation = json!({
        "object": "organization_invitation", "id": id, "organization_id": organization["id"],
        "email_address": email, "role": text("role"), "role_name": text("role"),
        "inviter_id": body.get("inviter_user_id"), "status": "pending",
        "public_metadata": {}, "private_metadata": {}, "public_inviter_data": null,
        "url": format!("https://accounts.example.com/invitations/{id}"),
        "expires_at": now() + days.unwrap_or(30) * DAY, "created_at": now(), "updated_at": now(),
    });
    copy_values(
        &mut invitation,
        body,
        &["public_metadata", "private_metadata"],
    );
    Ok(invitation)
}

pub(crate) fn list(state: &State, organization: &str, request: &RecordedRequest) -> Answer {
    let organization = find(&state.organizations, organization, "organization")?;
    let status = request.one("status");
    let kept = state.organization_invitations.iter().filter(|it| {
        let has_status = status
            .as_ref()
            .is_none_or(|status| it["status"] == status.as_str());
        it["organization_id"] == organization["id"] && has_status
    });
    let mut invitations: Vec<Value> = kept.cloned().collect();
    order(request, &mut invitations, &ORDERS)?;
    listed(request, invitations)
}

pub(crate) fn get(state: &State, organization: &str, invitation: &str) -> Answer {
    let found = find(&state.organization_invitations, invitation, "invitation")?;
    if found["organization_id"] != organization {
        return Err(Failure::not_found("invitation"));
    }
    Ok(found.clone())
}

pub(crate) fn revoke(state: &mut State, organization: &str, invitation: &str) -> Answer {
    get(state, organization, invitation)?;
    let mut sent = state.organization_invitations.iter_mut();
    let found = sent.find(|it| it["id"] == invitation);
    let found = found.ok_or_else(|| Failure::not_found("invitation"))?;
    if found["status"] != "pending" {
        let message = "it is not pending any more";
        return Err(Failure::new(
            400,
            "organization_invitation_not_pending",
            message,
        ));
    }
    found["status"] = "revoked".into();
    found["updated_at"] = now().into();
    Ok(found.clone())
}
