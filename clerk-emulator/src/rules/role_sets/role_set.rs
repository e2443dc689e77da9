//! Finding role sets, and the roles in them.

use crate::http::response::ErrorResponse;
use crate::resources::call::Call;
use crate::resources::changes;
use crate::store::instance::Instance;
use crate::store::record::Record;
use crate::tables::organization_memberships::MEMBERSHIP;
use crate::tables::organization_roles::{self, ROLE};
use crate::tables::organizations::ORGANIZATION;
use crate::tables::role_sets::{ROLE_SET, initial};
use crate::tables::settings::ORGANIZATIONS;

/// The number of roles that a set may have.
const MAX_ROLES: usize = 10;

/// Returns the role set with a key, which is a member of the body.
pub(in crate::rules) fn find<'i>(
    instance: &'i Instance,
    key: &str,
) -> Result<&'i Record, ErrorResponse> {
    let found = instance.all(&ROLE_SET).with("key", key).next();
    found.ok_or_else(|| ErrorResponse::not_found("role set", key))
}

/// Returns the key of the role that the creator of an organization gets.
pub(in crate::rules) fn creator_role(instance: &Instance, role_set: Option<&Record>) -> String {
    let is_initial = role_set.is_none_or(|it| it.str("type") == "initial");
    let role = role_set.and_then(|it| instance.all(&ROLE).get(it.str("creator_role_id")));
    match role.filter(|_| !is_initial) {
        Some(role) => role.str("key").to_owned(),
        None => ORGANIZATIONS.text(instance, "creator_role"),
    }
}

/// Rejects a role that the members of an organization may not have.
pub(in crate::rules) fn require_role(
    instance: &Instance,
    organization_id: &str,
    role_key: &str,
) -> Result<(), ErrorResponse> {
    let organization = instance.find(&ORGANIZATION, organization_id)?;
    let role_set = find(instance, organization.str("role_set_key"));
    let role = organization_roles::with_key(instance, role_key);
    let is_allowed =
        |role: &Record| role_set.map_or(true, |it| it.strings("roles").contains(&&*role.id));
    match role.is_some_and(is_allowed) {
        true => Ok(()),
        false => Err(ErrorResponse::not_found("role with the key", role_key).with_param("role")),
    }
}

/// Rejects a role set that lacks a role of an organization's members.
pub(in crate::rules) fn require_roles_of_members(
    instance: &Instance,
    role_set: &Record,
    organization_id: &str,
) -> Result<(), ErrorResponse> {
    let roles = role_set.strings("roles").into_iter();
    let roles = roles.filter_map(|id| instance.all(&ROLE).get(id));
    let keys: Vec<&str> = roles.map(|it| it.str("key")).collect();
    let mut members = instance
        .all(&MEMBERSHIP)
        .with("organization_id", organization_id);
    match members.find(|it| !keys.contains(&it.str("role"))) {
        None => Ok(()),
        Some(member) => {
            let message = format!("The role set lacks the role {}.", member.str("role"));
            Err(ErrorResponse::param(
                "form_param_value_invalid",
                "role_set_key",
                message,
            ))
        }
    }
}

pub(in crate::rules) fn is_creator_role(instance: &Instance, role_id: &str) -> bool {
    let mut sets = instance.all(&ROLE_SET).oldest_first();
    sets.any(|it| it.str("creator_role_id") == role_id)
}

pub(in crate::rules) fn is_default_role(instance: &Instance, role_id: &str) -> bool {
    let mut sets = instance.all(&ROLE_SET).oldest_first();
    sets.any(|it| it.str("default_role_id") == role_id)
}

/// Adds a role to the role set of new organizations.
pub(in crate::rules) fn add_to_initial(
    instance: &mut Instance,
    role_id: &str,
) -> Result<(), ErrorResponse> {
    let Some(record) = initial(instance) else {
        return Ok(());
    };
    let (id, mut roles) = (record.id.to_string(), role_ids(record));
    roles.push(role_id.to_owned());
    check_size(&roles)?;
    instance.change(&ROLE_SET, &id, |record| record.set("roles", roles))
}

/// Removes a deleted role from all role sets.
pub(in crate::rules) fn remove_role(instance: &mut Instance, role_id: &str) {
    let sets = instance.all(&ROLE_SET).oldest_first();
    let sets: Vec<String> = sets.map(|it| it.id.to_string()).collect();
    for id in sets {
        instance.all_mut(&ROLE_SET).update(&id, |record| {
            let mut roles = role_ids(record);
            roles.retain(|it| it != role_id);
            record.set("roles", roles);
        });
    }
}

pub(super) fn role_ids(record: &Record) -> Vec<String> {
    record
        .strings("roles")
        .into_iter()
        .map(str::to_owned)
        .collect()
}

pub(super) fn check_size(roles: &[String]) -> Result<(), ErrorResponse> {
    if (1..=MAX_ROLES).contains(&roles.len()) {
        return Ok(());
    }
    let message = format!("A role set has 1 to {MAX_ROLES} roles.");
    Err(ErrorResponse::param(
        "form_param_array_size_exceeded",
        "roles",
        message,
    ))
}

/// Returns the id of the role whose key is a member of the body.
pub(super) fn role_id(call: &Call<'_>, name: &str, key: &str) -> Result<String, ErrorResponse> {
    let role = organization_roles::with_key(call.instance, key);
    let role = role.map(|it| it.id.to_string());
    role.ok_or_else(|| {
        let message = format!("There is no role with the key {key:?}.");
        ErrorResponse::param("form_resource_not_found", name, message)
    })
}

pub(super) fn named_by_path(call: &Call<'_>) -> Result<Record, ErrorResponse> {
    let id = changes::record_id(call, &ROLE_SET)?;
    Ok(call.instance.find(&ROLE_SET, &id)?.clone())
}

pub(super) fn move_organizations(
    instance: &mut Instance,
    old: &str,
    new: &str,
) -> Result<(), ErrorResponse> {
    if old == new {
        return Ok(());
    }
    for id in instance.all(&ORGANIZATION).ids_with("role_set_key", old) {
        instance.change(&ORGANIZATION, &id, |it| it.set("role_set_key", new))?;
    }
    Ok(())
}
