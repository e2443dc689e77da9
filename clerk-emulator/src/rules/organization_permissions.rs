//! Permissions of organization roles: those of the system, and the instance's own.

use serde_json::json;

use super::organization_roles;
use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::changes;
use crate::resources::table::{Operations, get, list, rule};
use crate::store::instance::Instance;
use crate::tables::organization_permissions::PERMISSION;
use crate::tables::organization_roles::ROLE;

pub(super) const OPERATIONS: &Operations = &[
    ("ListOrganizationPermissions", list(&PERMISSION)),
    ("CreateOrganizationPermission", rule(create)),
    ("GetOrganizationPermission", get(&PERMISSION)),
    ("UpdateOrganizationPermission", rule(update)),
    ("DeleteOrganizationPermission", rule(delete)),
];

/// The permissions that every instance has: keys and names.
const SYSTEM: [(&str, &str); 9] = [
    ("org:sys_profile:manage", "Manage profile"),
    ("org:sys_profile:delete", "Delete profile"),
    ("org:sys_memberships:read", "Read members"),
    ("org:sys_memberships:manage", "Manage members"),
    ("org:sys_domains:read", "Read domains"),
    ("org:sys_domains:manage", "Manage domains"),
    ("org:sys_billing:read", "Read billing"),
    ("org:sys_billing:manage", "Manage billing"),
    ("org:sys_entconns:manage", "Manage enterprise connections"),
];

/// Creates the permissions that every instance has.
pub(super) fn seed(instance: &mut Instance) {
    for (key, name) in SYSTEM {
        let mut record = instance.new_record(&PERMISSION);
        record.set("key", key);
        record.set("name", name);
        record.set("description", "");
        record.set("type", "system");
        instance.all_mut(&PERMISSION).insert(record);
    }
}

fn create(call: &mut Call<'_>) -> CallResult {
    check_key(call)?;
    changes::create(call, &PERMISSION)
}

fn update(call: &mut Call<'_>) -> CallResult {
    require_own(call)?;
    check_key(call)?;
    changes::update(call, &PERMISSION)
}

fn delete(call: &mut Call<'_>) -> CallResult {
    let id = require_own(call)?;
    let roles = call.instance.all(&ROLE).oldest_first();
    let roles = roles.filter(|it| it.strings("permissions").contains(&id.as_str()));
    let roles: Vec<String> = roles.map(|it| it.id.to_string()).collect();
    for role in roles {
        call.instance.change(&ROLE, &role, |record| {
            organization_roles::remove_permission(record, &id);
        })?;
    }
    changes::remove(call, &PERMISSION, &id)
}

/// Returns the id of the permission that the path names, unless it is one of the system.
fn require_own(call: &Call<'_>) -> Result<String, ErrorResponse> {
    let id = changes::record_id(call, &PERMISSION)?;
    if call.instance.find(&PERMISSION, &id)?.get("type") != Some(&json!("system")) {
        return Ok(id);
    }
    let message = "Permissions of the system cannot be changed.";
    let code = "organization_system_permission_not_modifiable";
    Err(ErrorResponse::new(403, code, message))
}

fn check_key(call: &Call<'_>) -> Result<(), ErrorResponse> {
    let Some(key) = call.text("key") else {
        return Ok(());
    };
    let parts: Vec<&str> = key.split(':').collect();
    let is_allowed = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_';
    let is_part = |it: &&str| !it.is_empty() && it.bytes().all(is_allowed);
    let is_key = parts.len() == 3 && parts[0] == "org" && parts.iter().all(is_part);
    if is_key && !parts[1].starts_with("sys_") {
        return Ok(());
    }
    let message = "A key has the form org:<feature>:<action>, and no feature begins with sys_.";
    Err(ErrorResponse::param(
        "form_param_format_invalid",
        "key",
        message,
    ))
}
