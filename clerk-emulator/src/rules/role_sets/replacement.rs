//! Replacing role sets, and roles in them. The members who had the old roles get new ones.

use std::collections::BTreeMap;

use serde_json::Value;

use super::edits::save;
use super::role_set::{find, move_organizations, named_by_path, role_id, role_ids};
use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::changes;
use crate::rules::organization_checks::require_creator_permissions;
use crate::store::instance::Instance;
use crate::store::record::Record;
use crate::tables::organization_memberships::{MEMBERSHIP, object};
use crate::tables::organization_roles;
use crate::tables::organizations::ORGANIZATION;
use crate::tables::role_sets::ROLE_SET;

pub(super) fn replace(call: &mut Call<'_>) -> CallResult {
    let record = named_by_path(call)?;
    let key = call.text("dest_role_set_key").unwrap_or_default();
    let destination = find(call.instance, &key)?.clone();
    if destination.id == record.id {
        let message = "A role set cannot replace itself.";
        let code = "form_param_value_invalid";
        return Err(ErrorResponse::param(code, "dest_role_set_key", message));
    }
    let mappings = call.get("reassignment_mappings").and_then(Value::as_object);
    let mappings = mappings.into_iter().flatten();
    let mappings = mappings.filter_map(|(from, to)| Some((from.clone(), to.as_str()?.to_owned())));
    let mappings: BTreeMap<String, String> = mappings.collect();
    let changes = reassignments(call.instance, &record, &destination, &mappings)?;
    for (membership, role) in changes {
        reassign(call, &membership, &role)?;
    }
    move_organizations(call.instance, record.str("key"), &key)?;
    if record.str("type") == "initial" {
        let id = destination.id.to_string();
        call.instance
            .change(&ROLE_SET, &id, |it| it.set("type", "initial"))?;
    }
    changes::remove(call, &ROLE_SET, &record.id)
}

/// Returns the memberships that need another role when a role set is replaced, with the keys of those roles.
fn reassignments(
    instance: &Instance,
    source: &Record,
    destination: &Record,
    mappings: &BTreeMap<String, String>,
) -> Result<Vec<(String, String)>, ErrorResponse> {
    let is_allowed = |key: &str| {
        let role = organization_roles::with_key(instance, key);
        role.is_some_and(|it| destination.strings("roles").contains(&&*it.id))
    };
    let mut changes = Vec::new();
    for organization in instance
        .all(&ORGANIZATION)
        .with("role_set_key", source.str("key"))
    {
        for member in instance
            .all(&MEMBERSHIP)
            .with("organization_id", &organization.id)
        {
            let role = member.str("role");
            let mapped = mappings.get(role).map_or(role, String::as_str);
            if !is_allowed(mapped) {
                let message =
                    format!("The role {role} has to be mapped to one of the new role set.");
                let code = "form_param_value_invalid";
                return Err(ErrorResponse::param(code, "reassignment_mappings", message));
            }
            if mapped != role {
                changes.push((member.id.to_string(), mapped.to_owned()));
            }
        }
    }
    Ok(changes)
}

/// Gives a member another role, and announces that.
fn reassign(call: &mut Call<'_>, membership_id: &str, role: &str) -> Result<(), ErrorResponse> {
    call.instance
        .change(&MEMBERSHIP, membership_id, |it| it.set("role", role))?;
    let record = call.instance.find(&MEMBERSHIP, membership_id)?;
    let data = object(call.instance, record);
    changes::announce(call, MEMBERSHIP.events.updated, &data);
    Ok(())
}

pub(super) fn replace_role(call: &mut Call<'_>) -> CallResult {
    let mut record = named_by_path(call)?;
    let [from, to] = ["role_key", "to_role_key"].map(|name| call.text(name).unwrap_or_default());
    let [from_id, to_id] = [
        role_id(call, "role_key", &from)?,
        role_id(call, "to_role_key", &to)?,
    ];
    let mut roles = role_ids(&record);
    if !roles.contains(&from_id) {
        let message = format!("The role {from} is not in the role set.");
        return Err(ErrorResponse::param(
            "form_param_value_invalid",
            "role_key",
            message,
        ));
    }
    roles.retain(|it| *it != from_id && *it != to_id);
    roles.push(to_id.clone());
    record.set("roles", roles);
    if record.str("creator_role_id") == from_id {
        require_creator_permissions(call.instance, &to)?;
    }
    for member in ["default_role_id", "creator_role_id"] {
        if record.str(member) == from_id {
            record.set(member, to_id.clone());
        }
    }
    let members = members_with(call.instance, record.str("key"), &from);
    for member in members {
        reassign(call, &member, &to)?;
    }
    save(call, record, false)
}

/// Returns the memberships with a role in the organizations that have a role set.
fn members_with(instance: &Instance, role_set_key: &str, role: &str) -> Vec<String> {
    let organizations = instance.all(&ORGANIZATION);
    let is_in_set = |it: &&Record| {
        let organization = organizations.get(it.str("organization_id"));
        organization.is_some_and(|it| it.str("role_set_key") == role_set_key)
    };
    let members = instance.all(&MEMBERSHIP).with("role", role);
    members
        .filter(is_in_set)
        .map(|it| it.id.to_string())
        .collect()
}
