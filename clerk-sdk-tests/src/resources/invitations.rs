//! Invitations to the application: create one or several, list, revoke.

use serde_json::{Map, Value, json};

use crate::http::body_fields::{Field, boolean, integer, object, string, string_value};
use crate::http::query::parse_optional;
use crate::http::request::RecordedRequest;
use crate::http::response::{ErrorResponse, HandlerResult};
use crate::resources::copy_fields::copy_non_null;
use crate::resources::identifiers::{identifier_values, is_email_address};
use crate::resources::pagination::{page, page_with_total};
use crate::resources::sorting::sort_by_query;
use crate::state::clock::now_ms;
use crate::state::collection::{ensure_unique, find_mut};
use crate::state::ids::new_id;
use crate::state::instance::Instance;

/// The API accepts null for more of these fields in bulk than in single requests. The emulator accepts it in both.
const CREATE: [Field; 7] = [
    string("email_address").required(),
    object("public_metadata").nullable(),
    string("redirect_url").nullable(),
    boolean("notify").nullable(),
    boolean("ignore_existing").nullable(),
    integer("expires_in_days").nullable(),
    string("template_slug"),
];

/// The names that `order_by` accepts, and the JSON pointers of their values.
const SORT_FIELDS: [(&str, &str); 3] = [
    ("created_at", "/created_at"),
    ("email_address", "/email_address"),
    ("expires_at", "/expires_at"),
];

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

pub(crate) fn create(instance: &mut Instance, request: &RecordedRequest) -> HandlerResult {
    let body = request.json_object(&CREATE)?;
    let invitation = new_invitation(instance, &body)?;
    instance.invitations.push(invitation.clone());
    Ok(invitation)
}

/// Creates several invitations, or none if one of them is invalid.
pub(crate) fn create_bulk(instance: &mut Instance, request: &RecordedRequest) -> HandlerResult {
    let bodies = request.json_objects(&CREATE)?;
    if !(1..=10).contains(&bodies.len()) {
        let message = "a bulk request must have 1 to 10 invitations";
        return Err(ErrorResponse::new(422, "form_param_value_invalid", message));
    }
    let old_count = instance.invitations.len();
    for body in &bodies {
        match new_invitation(instance, body) {
            Ok(invitation) => instance.invitations.push(invitation),
            Err(error) => {
                instance.invitations.truncate(old_count);
                return Err(error);
            }
        }
    }
    Ok(instance.invitations[old_count..].to_vec().into())
}

fn new_invitation(instance: &Instance, body: &Map<String, Value>) -> HandlerResult {
    let email = string_value(body, "email_address");
    if !is_email_address(email) {
        let (code, message) = (
            "form_param_format_invalid",
            "the value is not a valid email address",
        );
        return Err(ErrorResponse::param(code, "email_address", message));
    }
    if body.get("ignore_existing") != Some(&Value::Bool(true)) {
        ensure_unique(&instance.users, "", "email_address", |user| {
            identifier_values(user, "email_address").contains(&email)
        })?;
        let is_pending = |it: &Value| it["email_address"] == email && it["status"] == "pending";
        if instance.invitations.iter().any(is_pending) {
            let message = "the email address has already been invited";
            return Err(ErrorResponse::new(400, "duplicate_record", message));
        }
    }
    let days = body.get("expires_in_days").and_then(Value::as_i64);
    let days = days.unwrap_or(30);
    if !(1..=365).contains(&days) {
        let (code, message) = ("form_param_value_invalid", "the value is out of range");
        return Err(ErrorResponse::param(code, "expires_in_days", message));
    }
    let id = new_id("inv");
    let mut invitation = json!({
        "object": "invitation", "id": id, "email_address": email, "public_metadata": {},
        "revoked": false, "status": "pending",
        "url": format!("https://accounts.example.com/invitations/{id}"),
        "expires_at": now_ms() + days * DAY_MS, "created_at": now_ms(), "updated_at": now_ms(),
    });
    copy_non_null(&mut invitation, body, &["public_metadata"]);
    Ok(invitation)
}

/// Lists invitations. Revoked ones are listed only if the `status` parameter requests them.
pub(crate) fn list(instance: &Instance, request: &RecordedRequest) -> HandlerResult {
    let status = request.query_value("status");
    let query = request.query_value("query").unwrap_or_default();
    let matching = instance.invitations.iter().filter(|it| {
        let email = it["email_address"].as_str().unwrap_or_default();
        let has_status = match &status {
            Some(status) => it["status"] == status.as_str(),
            None => it["status"] != "revoked",
        };
        has_status && (email.contains(&query) || it["id"] == query.as_str())
    });
    let mut invitations: Vec<Value> = matching.cloned().collect();
    sort_by_query(request, &mut invitations, &SORT_FIELDS)?;
    if parse_optional(request, "paginated")?.unwrap_or(false) {
        return page_with_total(request, invitations);
    }
    Ok(page(request, invitations)?.into())
}

pub(crate) fn revoke(instance: &mut Instance, invitation_id: &str) -> HandlerResult {
    let invitation = find_mut(&mut instance.invitations, invitation_id, "invitation")?;
    if invitation["status"] == "revoked" {
        let message = "the invitation has already been revoked";
        return Err(ErrorResponse::new(
            400,
            "invitation_already_revoked",
            message,
        ));
    }
    invitation["status"] = "revoked".into();
    invitation["revoked"] = true.into();
    invitation["updated_at"] = now_ms().into();
    Ok(invitation.clone())
}
