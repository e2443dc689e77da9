//! Memberships of organizations.

use serde_json::Value;

use super::role_sets;
use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::table::{Operations, list, rule};
use crate::resources::{changes, listing, metadata};
use crate::rules::organization_checks::{parent_id, require_organizations};
use crate::rules::sessions::session;
use crate::rules::users::filter::UserFilter;
use crate::store::instance::Instance;
use crate::store::record::Record;
use crate::tables::organization_memberships::{MEMBERSHIP, object, user};
use crate::tables::organization_records::{membership, pair, pending_invitations};
use crate::tables::organization_roles::{MANAGE_MEMBERSHIPS, has_permission};
use crate::tables::organizations::ORGANIZATION;
use crate::tables::users::USER;

pub(super) const OPERATIONS: &Operations = &[
    ("InstanceGetOrganizationMemberships", list(&MEMBERSHIP)),
    ("UsersGetOrganizationMemberships", rule(list_of_user)),
    ("ListOrganizationMemberships", rule(list_of_organization)),
    ("CreateOrganizationMembership", rule(create)),
    ("UpdateOrganizationMembership", rule(update)),
    ("UpdateOrganizationMembershipMetadata", rule(merge_metadata)),
    ("DeleteOrganizationMembership", rule(delete)),
];

/// Creates a membership, without storing it.
pub(super) fn new(
    instance: &mut Instance,
    organization_id: &str,
    user_id: &str,
    role: &str,
) -> Record {
    let mut record = instance.new_record(&MEMBERSHIP);
    record.set("organization_id", organization_id);
    record.set("user_id", user_id);
    record.set("pair", pair(organization_id, user_id));
    record.set("role", role);
    record
}

/// Stores a membership, and returns it as responses and events contain it.
pub(super) fn store(instance: &mut Instance, record: Record) -> Value {
    let object = object(instance, &record);
    instance.all_mut(&MEMBERSHIP).insert(record);
    object
}

/// Stores and announces a membership.
pub(super) fn add(call: &mut Call<'_>, record: Record) -> CallResult {
    let response = store(call.instance, record);
    changes::announce(call, MEMBERSHIP.events.created, &response);
    Ok(response)
}

/// Ends a membership, announces that, and returns it. The user's sessions leave the organization.
pub(super) fn remove(call: &mut Call<'_>, id: &str) -> CallResult {
    let record = call.instance.find(&MEMBERSHIP, id)?.clone();
    let response = object(call.instance, &record);
    call.instance.all_mut(&MEMBERSHIP).remove(id);
    let (user_id, organization_id) = (record.str("user_id"), record.str("organization_id"));
    session::leave_organization(call.instance, user_id, organization_id);
    changes::announce(call, MEMBERSHIP.events.deleted, &response);
    Ok(response)
}

/// Rejects more members and pending invitations than an organization may have.
pub(super) fn require_free_seats(
    instance: &Instance,
    organization_id: &str,
    wanted: usize,
) -> Result<(), ErrorResponse> {
    let organization = instance.find(&ORGANIZATION, organization_id)?;
    let limit = organization.i64("max_allowed_memberships").unwrap_or(0);
    let limit = usize::try_from(limit).unwrap_or(0);
    if limit == 0 {
        return Ok(());
    }
    let memberships = instance.all(&MEMBERSHIP);
    let members = memberships.count_with("organization_id", organization_id);
    let invited = pending_invitations(instance, organization_id).count();
    if members + invited + wanted > limit {
        let message = format!("The organization may have at most {limit} members and invitations.");
        let code = "organization_membership_quota_exceeded";
        return Err(ErrorResponse::new(403, code, message));
    }
    Ok(())
}

fn list_of_user(call: &mut Call<'_>) -> CallResult {
    call.instance.find(&USER, &call.path_param(0))?;
    listing::list(call, &MEMBERSHIP)
}

fn list_of_organization(call: &mut Call<'_>) -> CallResult {
    parent_id(call)?;
    let filter = UserFilter::new(call)?;
    if filter.is_empty() {
        return listing::list(call, &MEMBERSHIP);
    }
    let instance = &*call.instance;
    listing::list_where(call, &MEMBERSHIP, |record| {
        user(instance, record).is_some_and(|it| filter.matches(instance, it))
    })
}

fn create(call: &mut Call<'_>) -> CallResult {
    require_organizations(call.instance)?;
    let organization_id = parent_id(call)?;
    metadata::check_sizes(call)?;
    let user_id = call.text("user_id").unwrap_or_default();
    call.instance.find(&USER, &user_id)?;
    let role = call.text("role").unwrap_or_default();
    role_sets::require_role(call.instance, &organization_id, &role)?;
    if membership(call.instance, &user_id, &organization_id).is_some() {
        return Err(already_a_member());
    }
    require_free_seats(call.instance, &organization_id, 1)?;
    let mut record = new(call.instance, &organization_id, &user_id, &role);
    changes::apply_body(call, &mut record)?;
    add(call, record)
}

pub(super) fn already_a_member() -> ErrorResponse {
    let message = "The user is a member of the organization already.";
    ErrorResponse::new(400, "already_a_member_in_organization", message)
}

/// Returns the membership that the path names by the organization and the user.
fn named_by_path(call: &Call<'_>) -> Result<Record, ErrorResponse> {
    let organization_id = parent_id(call)?;
    let user_id = call.path_param(1);
    let record = membership(call.instance, &user_id, &organization_id);
    let missing = || {
        let message = format!("The organization has no member {user_id:?}.");
        ErrorResponse::new(404, "resource_not_found", message)
    };
    record.cloned().ok_or_else(missing)
}

fn update(call: &mut Call<'_>) -> CallResult {
    let mut record = named_by_path(call)?;
    let role = call.text("role").unwrap_or_default();
    role_sets::require_role(call.instance, record.str("organization_id"), &role)?;
    if !has_permission(call.instance, &role, MANAGE_MEMBERSHIPS) {
        require_other_manager(call.instance, &record)?;
    }
    record.set("role", role);
    changes::save(call, &MEMBERSHIP, record)
}

fn merge_metadata(call: &mut Call<'_>) -> CallResult {
    let mut record = named_by_path(call)?;
    metadata::merge_body(call, &mut record)?;
    changes::save(call, &MEMBERSHIP, record)
}

fn delete(call: &mut Call<'_>) -> CallResult {
    let record = named_by_path(call)?;
    require_other_manager(call.instance, &record)?;
    remove(call, &record.id)
}

/// Rejects a change that leaves the organization without a member who may manage its members.
fn require_other_manager(instance: &Instance, record: &Record) -> Result<(), ErrorResponse> {
    let is_manager = |it: &Record| has_permission(instance, it.str("role"), MANAGE_MEMBERSHIPS);
    let memberships = instance.all(&MEMBERSHIP);
    let mut others = memberships.with("organization_id", record.str("organization_id"));
    if !is_manager(record) || others.any(|it| it.id != record.id && is_manager(it)) {
        return Ok(());
    }
    let message = "An organization needs a member who may manage its members.";
    let code = "organization_minimum_permissions_needed";
    Err(ErrorResponse::new(400, code, message))
}
