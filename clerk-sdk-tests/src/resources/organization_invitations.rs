//! Invitations to organizations: create one or several, list, get, revoke.

use serde_json::{Map, Value, json};

use crate::http::body_fields::{Field, boolean, integer, object, string, string_value};
use crate::http::request::RecordedRequest;
use crate::http::response::{ErrorResponse, HandlerResult};
use crate::resources::copy_fields::copy_non_null;
use crate::resources::identifiers::{identifier_values, is_email_address};
use crate::resources::pagination::page_with_total;
use crate::resources::sorting::sort_by_query;
use crate::state::clock::now_ms;
use crate::state::collection::find;
use crate::state::ids::new_id;
use crate::state::instance::Instance;

const CREATE: [Field; 8] = [
    string("email_address").required(),
    string("role").required(),
    string("inviter_user_id").nullable(),
    object("public_metadata").nullable(),
    object("private_metadata").nullable(),
    string("redirect_url").nullable(),
    integer("expires_in_days").nullable(),
    boolean("notify").nullable(),
];

/// The names that `order_by` accepts, and the JSON pointers of their values.
const SORT_FIELDS: [(&str, &str); 2] = [
    ("created_at", "/created_at"),
    ("email_address", "/email_address"),
];

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

pub(crate) fn create(
    instance: &mut Instance,
    organization: &str,
    request: &RecordedRequest,
) -> HandlerResult {
    let body = request.json_object(&CREATE)?;
    let invitation = new_invitation(instance, organization, &body)?;
    instance.organization_invitations.push(invitation.clone());
    Ok(invitation)
}

/// Creates several invitations, or none if one of them is invalid.
pub(crate) fn create_bulk(
    instance: &mut Instance,
    organization: &str,
    request: &RecordedRequest,
) -> HandlerResult {
    let bodies = request.json_objects(&CREATE)?;
    if !(1..=10).contains(&bodies.len()) {
        let message = "a bulk request must have 1 to 10 invitations";
        return Err(ErrorResponse::new(422, "form_param_value_invalid", message));
    }
    let old_count = instance.organization_invitations.len();
    for body in &bodies {
        match new_invitation(instance, organization, body) {
            Ok(invitation) => instance.organization_invitations.push(invitation),
            Err(error) => {
                instance.organization_invitations.truncate(old_count);
                return Err(error);
            }
        }
    }
    let sent = &instance.organization_invitations[old_count..];
    Ok(json!({ "data": sent, "total_count": sent.len() }))
}

fn new_invitation(
    instance: &Instance,
    organization: &str,
    body: &Map<String, Value>,
) -> HandlerResult {
    let organization = find(&instance.organizations, organization, "organization")?;
    let email = string_value(body, "email_address");
    if !is_email_address(email) {
        let (code, message) = (
            "form_param_format_invalid",
            "the value is not a valid email address",
        );
        return Err(ErrorResponse::param(code, "email_address", message));
    }
    let is_same_organization = |it: &&Value| it["organization_id"] == organization["id"];
    let mut sent = instance
        .organization_invitations
        .iter()
        .filter(is_same_organization);
    let is_pending = |it: &Value| it["email_address"] == email && it["status"] == "pending";
    let mut users = instance.users.iter();
    let user = users.find(|user| identifier_values(user, "email_address").contains(&email));
    let mut members = instance.memberships.iter().filter(is_same_organization);
    let is_member = user.is_some_and(|user| members.any(|it| it["user_id"] == user["id"]));
    if sent.any(is_pending) || is_member {
        let message = "the email address has already been invited or belongs to a member";
        return Err(ErrorResponse::param(
            "duplicate_record",
            "email_address",
            message,
        ));
    }
    let role = string_value(body, "role");
    let days = body.get("expires_in_days").and_then(Value::as_i64);
    let id = new_id("orginv");
    let mut invitation = json!({
        "object": "organization_invitation", "id": id, "organization_id": organization["id"],
        "email_address": email, "role": role, "role_name": role,
        "inviter_id": body.get("inviter_user_id"), "status": "pending",
        "public_metadata": {}, "private_metadata": {}, "public_inviter_data": null,
        "url": format!("https://accounts.example.com/invitations/{id}"),
        "expires_at": now_ms() + days.unwrap_or(30) * DAY_MS, "created_at": now_ms(), "updated_at": now_ms(),
    });
    copy_non_null(
        &mut invitation,
        body,
        &["public_metadata", "private_metadata"],
    );
    Ok(invitation)
}

pub(crate) fn list(
    instance: &Instance,
    organization: &str,
    request: &RecordedRequest,
) -> HandlerResult {
    let organization = find(&instance.organizations, organization, "organization")?;
    let status = request.query_value("status");
    let matching = instance.organization_invitations.iter().filter(|it| {
        let has_status = status
            .as_ref()
            .is_none_or(|status| it["status"] == status.as_str());
        it["organization_id"] == organization["id"] && has_status
    });
    let mut invitations: Vec<Value> = matching.cloned().collect();
    sort_by_query(request, &mut invitations, &SORT_FIELDS)?;
    page_with_total(request, invitations)
}

pub(crate) fn get(instance: &Instance, organization: &str, invitation: &str) -> HandlerResult {
    let found = find(&instance.organization_invitations, invitation, "invitation")?;
    if found["organization_id"] != organization {
        return Err(ErrorResponse::not_found("invitation"));
    }
    Ok(found.clone())
}

pub(crate) fn revoke(
    instance: &mut Instance,
    organization: &str,
    invitation: &str,
) -> HandlerResult {
    get(instance, organization, invitation)?;
    let mut sent = instance.organization_invitations.iter_mut();
    let found = sent.find(|it| it["id"] == invitation);
    let found = found.ok_or_else(|| ErrorResponse::not_found("invitation"))?;
    if found["status"] != "pending" {
        let message = "the invitation is no longer pending";
        return Err(ErrorResponse::new(
            400,
            "organization_invitation_not_pending",
            message,
        ));
    }
    found["status"] = "revoked".into();
    found["updated_at"] = now_ms().into();
    Ok(found.clone())
}
