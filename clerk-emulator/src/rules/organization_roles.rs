//! Roles of organization members.

use serde_json::json;

use super::{directories, role_sets};
use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::changes;
use crate::resources::resource::Resource;
use crate::resources::table::{Operations, get, list, rule};
use crate::rules::organization_checks::require_creator_permissions;
use crate::store::instance::Instance;
use crate::store::record::Record;
use crate::tables::organization_invitations::INVITATION;
use crate::tables::organization_memberships::MEMBERSHIP;
use crate::tables::organization_permissions::{self, PERMISSION};
use crate::tables::organization_roles::ROLE;
use crate::tables::settings::ORGANIZATIONS;

pub(super) const OPERATIONS: &Operations = &[
    ("ListOrganizationRoles", list(&ROLE)),
    ("CreateOrganizationRole", rule(create)),
    ("GetOrganizationRole", get(&ROLE)),
    ("UpdateOrganizationRole", rule(update)),
    ("DeleteOrganizationRole", rule(delete)),
    (
        "AssignPermissionToOrganizationRole",
        rule(assign_permission),
    ),
    (
        "RemovePermissionFromOrganizationRole",
        rule(take_permission),
    ),
];

/// Creates the roles that every instance has.
pub(super) fn seed(instance: &mut Instance) {
    let all = instance.all(&PERMISSION).oldest_first();
    let all: Vec<String> = all.map(|it| it.id.to_string()).collect();
    let keys = ["org:sys_memberships:read", "org:sys_billing:read"];
    let read = keys.map(|key| organization_permissions::with_key(instance, key));
    let read: Vec<String> = read.iter().flatten().map(|it| it.id.to_string()).collect();
    for (key, name, permissions) in [("org:admin", "Admin", all), ("org:member", "Member", read)] {
        let mut record = instance.new_record(&ROLE);
        record.set("key", key);
        record.set("name", name);
        record.set("permissions", permissions);
        record.set("is_seeded", true);
        instance.all_mut(&ROLE).insert(record);
    }
}

pub(super) fn remove_permission(record: &mut Record, permission_id: &str) {
    let ids = record.strings("permissions").into_iter();
    let ids: Vec<String> = ids
        .filter(|it| *it != permission_id)
        .map(str::to_owned)
        .collect();
    record.set("permissions", ids);
}

fn create(call: &mut Call<'_>) -> CallResult {
    check_body(call)?;
    let roles = call.instance.all(&ROLE).oldest_first();
    let own = roles.filter(|it| !it.is("is_seeded")).count();
    let limit = ORGANIZATIONS.get(call.instance, "max_allowed_roles");
    if limit.as_u64().is_some_and(|it| own as u64 >= it) {
        let message = format!("An instance may have at most {limit} roles of its own.");
        let code = "organization_instance_roles_quota_exceeded";
        return Err(ErrorResponse::new(403, code, message));
    }
    let mut record = changes::new_record(call, &ROLE)?;
    record.set("permissions", call.texts("permissions"));
    let id = record.id.to_string();
    changes::ensure_unique(call.instance, &ROLE, &record)?;
    // Stored before it is rendered, because computed members look it up by its key.
    call.instance.all_mut(&ROLE).insert(record.clone());
    if call.flag("include_in_initial_role_set") == Some(true) {
        role_sets::add_to_initial(call.instance, &id)?;
    }
    changes::insert(call, &ROLE, record)
}

/// Checks the key and the permissions of the body.
fn check_body(call: &Call<'_>) -> Result<(), ErrorResponse> {
    let key = call.text("key");
    let is_allowed = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_';
    let is_key = |key: &str| {
        let name = key.strip_prefix("org:").unwrap_or_default();
        !name.is_empty() && name.bytes().all(is_allowed)
    };
    if key.is_some_and(|it| !is_key(&it)) {
        let message =
            "A key begins with org: and consists of lowercase letters, digits and underscores.";
        return Err(ErrorResponse::param(
            "form_param_format_invalid",
            "key",
            message,
        ));
    }
    let known = call.instance.all(&PERMISSION);
    let unknown = call
        .texts("permissions")
        .into_iter()
        .find(|it| known.get(it).is_none());
    if let Some(id) = unknown {
        let message = format!("There is no permission with the id {id:?}.");
        return Err(ErrorResponse::param(
            "form_resource_not_found",
            "permissions",
            message,
        ));
    }
    Ok(())
}

fn update(call: &mut Call<'_>) -> CallResult {
    check_body(call)?;
    let id = changes::record_id(call, &ROLE)?;
    let old = call.instance.find(&ROLE, &id)?.clone();
    let mut record = old.clone();
    changes::apply_body(call, &mut record)?;
    changes::ensure_unique(call.instance, &ROLE, &record)?;
    if record.str("key") != old.str("key") {
        rename(call.instance, old.str("key"), record.str("key"))?;
    }
    save(call, old, record)
}

/// Replaces the key of a role wherever it is stored.
fn rename(instance: &mut Instance, old: &str, new: &str) -> Result<(), ErrorResponse> {
    for resource in [&MEMBERSHIP, &INVITATION] {
        for id in instance.all(resource).ids_with("role", old) {
            instance.change(resource, &id, |record| record.set("role", new))?;
        }
    }
    for name in ["creator_role", "domains_default_role"] {
        if ORGANIZATIONS.text(instance, name) == old {
            ORGANIZATIONS.set(instance, name, new);
        }
    }
    Ok(())
}

/// Stores a changed role, unless creators of organizations have it and it lacks a permission for that.
fn save(call: &mut Call<'_>, old: Record, record: Record) -> CallResult {
    let is_creator_role = |instance: &Instance| {
        ORGANIZATIONS.text(instance, "creator_role") == record.str("key")
            || role_sets::is_creator_role(instance, &record.id)
    };
    // Stored first, because permissions are looked up by the key of a role.
    call.instance.all_mut(&ROLE).insert(record.clone());
    if is_creator_role(call.instance)
        && let Err(error) = require_creator_permissions(call.instance, record.str("key"))
    {
        call.instance.all_mut(&ROLE).insert(old);
        return Err(error);
    }
    changes::save(call, &ROLE, record)
}

fn delete(call: &mut Call<'_>) -> CallResult {
    let id = changes::record_id(call, &ROLE)?;
    let key = call.instance.find(&ROLE, &id)?.str("key").to_owned();
    let is_setting = |name| ORGANIZATIONS.text(call.instance, name) == key;
    let has_role = |resource: &Resource| call.instance.all(resource).count_with("role", &key) > 0;
    let code = if is_setting("creator_role") || role_sets::is_creator_role(call.instance, &id) {
        Some("organization_role_default_creator_role")
    } else if is_setting("domains_default_role") || role_sets::is_default_role(call.instance, &id) {
        Some("organization_role_domain_default_role")
    } else if has_role(&MEMBERSHIP) {
        Some("organization_role_assigned_members")
    } else if has_role(&INVITATION) {
        Some("organization_role_exists_in_invitations")
    } else {
        None
    };
    if let Some(code) = code {
        let message = format!("The role {key} is still used.");
        return Err(ErrorResponse::new(422, code, message));
    }
    role_sets::remove_role(call.instance, &id);
    directories::mappings::remove_role(call.instance, &id);
    changes::remove(call, &ROLE, &id)
}

fn assign_permission(call: &mut Call<'_>) -> CallResult {
    let (mut record, permission_id) = role_and_permission(call)?;
    let mut ids: Vec<&str> = record.strings("permissions");
    if ids.contains(&permission_id.as_str()) {
        let message = "The role has the permission already.";
        let code = "organization_role_permission_association_exists";
        return Err(ErrorResponse::new(409, code, message));
    }
    ids.push(&permission_id);
    let ids = json!(ids);
    record.set("permissions", ids);
    changes::save(call, &ROLE, record)
}

fn take_permission(call: &mut Call<'_>) -> CallResult {
    let (mut record, permission_id) = role_and_permission(call)?;
    if !record
        .strings("permissions")
        .contains(&permission_id.as_str())
    {
        let message = "The role does not have the permission.";
        return Err(ErrorResponse::new(404, "resource_not_found", message));
    }
    let old = record.clone();
    remove_permission(&mut record, &permission_id);
    save(call, old, record)
}

fn role_and_permission(call: &Call<'_>) -> Result<(Record, String), ErrorResponse> {
    let role = call.instance.find(&ROLE, &call.path_param(0))?.clone();
    let permission = call.instance.find(&PERMISSION, &call.path_param(1))?;
    Ok((role, permission.id.to_string()))
}
