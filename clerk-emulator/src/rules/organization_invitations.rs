//! Invitations to organizations.

use serde_json::{Map, Value, json};

use super::organization_memberships::{self, already_a_member};
use super::role_sets;
use super::tickets::{ticket, ticket_url};
use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::table::{Operations, get, list, rule};
use crate::resources::{changes, listing, rendering};
use crate::rules::organization_checks::{parent_id, require_organizations};
use crate::store::instance::Instance;
use crate::store::record::Record;
use crate::tables::contacts::{EMAIL, contact_values, users_with_email};
use crate::tables::organization_invitations::INVITATION;
use crate::tables::organization_records::{is_pending, membership};
use crate::tables::organization_roles::{MANAGE_MEMBERSHIPS, has_permission};
use crate::tables::users::USER;

const MILLISECONDS_PER_DAY: i64 = 24 * 60 * 60 * 1000;

/// The number of days for which an invitation is valid by default.
const DEFAULT_DAYS: i64 = 30;

pub(super) const OPERATIONS: &Operations = &[
    ("ListInstanceOrganizationInvitations", list(&INVITATION)),
    ("UsersGetOrganizationInvitations", rule(list_of_user)),
    ("ListOrganizationInvitations", rule(list_of_organization)),
    ("ListPendingOrganizationInvitations", rule(list_pending)),
    ("CreateOrganizationInvitation", rule(create)),
    ("CreateOrganizationInvitationBulk", rule(create_bulk)),
    ("GetOrganizationInvitation", get(&INVITATION)),
    ("RevokeOrganizationInvitation", rule(revoke)),
];

fn list_of_user(call: &mut Call<'_>) -> CallResult {
    let user_id = call.path_param(0);
    call.instance.find(&USER, &user_id)?;
    let contacts = contact_values(call.instance, &EMAIL, &user_id);
    let invitations = call.instance.all(&INVITATION);
    let ids = contacts.flat_map(|it| invitations.ids_with("email_address", it));
    let ids: Vec<String> = ids.collect();
    listing::list_among(call, &INVITATION, Some(&ids), |_| true)
}

fn list_of_organization(call: &mut Call<'_>) -> CallResult {
    parent_id(call)?;
    listing::list(call, &INVITATION)
}

fn list_pending(call: &mut Call<'_>) -> CallResult {
    parent_id(call)?;
    let instance = &*call.instance;
    listing::list_where(call, &INVITATION, |record| is_pending(instance, record))
}

fn create(call: &mut Call<'_>) -> CallResult {
    let record = new(call, &call.body(), &[])?;
    changes::insert(call, &INVITATION, record)
}

fn create_bulk(call: &mut Call<'_>) -> CallResult {
    let items = call.body.as_array().cloned().unwrap_or_default();
    let mut records: Vec<Record> = Vec::new();
    for item in items.iter().filter_map(Value::as_object) {
        let record = new(call, item, &records)?;
        records.push(record);
    }
    // Nothing is stored before every item has been checked.
    let mut responses = Vec::new();
    for record in records {
        let operation_id = "CreateOrganizationInvitation";
        let response = rendering::render_like(call.instance, operation_id, &INVITATION, &record);
        call.instance.all_mut(&INVITATION).insert(record);
        changes::announce(call, INVITATION.events.created, &response);
        responses.push(response);
    }
    Ok(json!({ "total_count": responses.len(), "data": responses }))
}

/// Creates an invitation from an item of a body, without storing it. `others` are those of the same body before it.
fn new(
    call: &mut Call<'_>,
    item: &Map<String, Value>,
    others: &[Record],
) -> Result<Record, ErrorResponse> {
    require_organizations(call.instance)?;
    let organization_id = parent_id(call)?;
    let text = |name: &str| item.get(name).and_then(Value::as_str).unwrap_or_default();
    let email_address = text("email_address").trim().to_lowercase();
    if !is_email_address(&email_address) {
        let message = "The email address is invalid.";
        return Err(ErrorResponse::param(
            "form_param_format_invalid",
            "email_address",
            message,
        ));
    }
    role_sets::require_role(call.instance, &organization_id, text("role"))?;
    if let Some(inviter) = item.get("inviter_user_id").and_then(Value::as_str) {
        require_manager(call.instance, &organization_id, inviter)?;
    }
    require_new(call.instance, &organization_id, &email_address, others)?;
    let seats = others.len() + 1;
    organization_memberships::require_free_seats(call.instance, &organization_id, seats)?;
    let mut record = call.instance.new_record(&INVITATION);
    record.set("organization_id", organization_id);
    record.set("email_address", email_address);
    record.set("role", text("role"));
    copy_members(&mut record, item);
    add_ticket(call.instance, &mut record);
    Ok(record)
}

/// Adds the link by which the person accepts an invitation.
fn add_ticket(instance: &Instance, record: &mut Record) {
    let expires_at = record.i64("expires_at").unwrap_or_default();
    let seconds = (expires_at - record.created_at) / 1000;
    let ticket = ticket(instance, "organization_invitation", &record.id, seconds);
    record.set("ticket_url", ticket_url(&ticket));
}

/// Copies the optional members of an item of a body.
fn copy_members(record: &mut Record, item: &Map<String, Value>) {
    let days = item.get("expires_in_days").and_then(Value::as_i64);
    let milliseconds = days
        .unwrap_or(DEFAULT_DAYS)
        .saturating_mul(MILLISECONDS_PER_DAY);
    record.set("expires_at", record.created_at.saturating_add(milliseconds));
    for (from, to) in [
        ("inviter_user_id", "inviter_id"),
        ("redirect_url", "redirect_url"),
        ("public_metadata", "public_metadata"),
        ("private_metadata", "private_metadata"),
    ] {
        if let Some(value) = item.get(from).filter(|it| !it.is_null()) {
            record.set(to, value.clone());
        }
    }
}

fn is_email_address(text: &str) -> bool {
    let is_domain = |it: &str| it.contains('.') && !it.starts_with('.') && !it.ends_with('.');
    let parts = text.rsplit_once('@');
    let is_address = parts.is_some_and(|(local, domain)| !local.is_empty() && is_domain(domain));
    is_address && !text.contains(char::is_whitespace)
}

/// Rejects an address that has a pending invitation or belongs to a member.
fn require_new(
    instance: &Instance,
    organization_id: &str,
    email_address: &str,
    others: &[Record],
) -> Result<(), ErrorResponse> {
    let users = users_with_email(instance, email_address);
    let is_member = |user_id: &String| membership(instance, user_id, organization_id).is_some();
    if users.iter().any(is_member) {
        return Err(already_a_member());
    }
    let invitations = instance
        .all(&INVITATION)
        .with("email_address", email_address);
    let mut pending = invitations
        .filter(|it| it.str("organization_id") == organization_id && is_pending(instance, it));
    let is_twice = others
        .iter()
        .any(|it| it.str("email_address") == email_address);
    if pending.next().is_none() && !is_twice {
        return Ok(());
    }
    let message = "The email address has a pending invitation to the organization.";
    let code = "organization_invitation_not_unique";
    let error = ErrorResponse::new(400, code, message);
    Err(error.with_meta("email_addresses", json!([email_address])))
}

/// Rejects a user whose role does not include managing the members of an organization.
fn require_manager(
    instance: &Instance,
    organization_id: &str,
    user_id: &str,
) -> Result<(), ErrorResponse> {
    let Some(membership) = membership(instance, user_id, organization_id) else {
        let message = "The user is not a member of the organization.";
        return Err(ErrorResponse::new(
            403,
            "not_a_member_in_organization",
            message,
        ));
    };
    if has_permission(instance, membership.str("role"), MANAGE_MEMBERSHIPS) {
        return Ok(());
    }
    let message = "The role of the user does not include managing members.";
    Err(ErrorResponse::new(
        403,
        "missing_organization_permission",
        message,
    ))
}

fn not_pending() -> ErrorResponse {
    let message = "The invitation is not pending any more.";
    ErrorResponse::new(404, "organization_invitation_not_pending", message)
}

fn revoke(call: &mut Call<'_>) -> CallResult {
    let organization_id = parent_id(call)?;
    let id = changes::record_id(call, &INVITATION)?;
    if let Some(user_id) = call.text("requesting_user_id") {
        require_manager(call.instance, &organization_id, &user_id)?;
    }
    let mut record = call.instance.find(&INVITATION, &id)?.clone();
    if !is_pending(call.instance, &record) {
        return Err(not_pending());
    }
    record.set("status", "revoked");
    let response = changes::save(call, &INVITATION, record)?;
    changes::announce(call, Some("organizationInvitation.revoked"), &response);
    Ok(response)
}

/// Accepts an invitation for a user, who becomes a member of the organization. `user_agent` is that of the events.
pub(super) fn accept(
    instance: &mut Instance,
    id: &str,
    user_id: &str,
    user_agent: &str,
) -> Result<(), ErrorResponse> {
    let mut record = instance.find(&INVITATION, id)?.clone();
    instance.find(&USER, user_id)?;
    if !is_pending(instance, &record) {
        return Err(not_pending());
    }
    let organization_id = record.str("organization_id").to_owned();
    if membership(instance, user_id, &organization_id).is_some() {
        return Err(already_a_member());
    }
    record.set("status", "accepted");
    record.updated_at = instance.now();
    instance.all_mut(&INVITATION).insert(record.clone());
    let operation_id = "GetOrganizationInvitation";
    let mut data = rendering::render_like(instance, operation_id, &INVITATION, &record);
    data["user_id"] = json!(user_id);
    changes::add_event(
        instance,
        "organizationInvitation.accepted",
        &data,
        user_agent,
    );

    let role = record.str("role");
    let mut membership = organization_memberships::new(instance, &organization_id, user_id, role);
    for name in ["public_metadata", "private_metadata"] {
        if let Some(value) = record.get(name) {
            membership.set(name, value.clone());
        }
    }
    let data = organization_memberships::store(instance, membership);
    changes::add_event(
        instance,
        "organizationMembership.created",
        &data,
        user_agent,
    );
    Ok(())
}
