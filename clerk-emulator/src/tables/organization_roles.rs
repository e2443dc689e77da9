//! The table of the roles of organization members, and what roles permit.

use serde_json::{Value, json};

use super::organization_permissions::PERMISSION;
use crate::resources::rendering;
use crate::resources::resource::{Events, Resource, kind, unique};
use crate::store::instance::Instance;
use crate::store::record::Record;

/// The permission to manage the members of an organization.
pub(crate) const MANAGE_MEMBERSHIPS: &str = "org:sys_memberships:manage";

/// The permissions that the role of an organization's creator needs.
const CREATOR_PERMISSIONS: [&str; 3] = [
    MANAGE_MEMBERSHIPS,
    "org:sys_memberships:read",
    "org:sys_profile:delete",
];

pub(crate) static ROLE: Resource = Resource {
    kind: kind("role", "role", &["key"]),
    unique: &[unique("key", "form_already_exists")],
    computed: &[
        ("permissions", permissions),
        ("is_creator_eligible", is_creator_eligible),
    ],
    searched: &["name", "key"],
    events: Events {
        created: Some("role.created"),
        updated: Some("role.updated"),
        deleted: Some("role.deleted"),
    },
    ..Resource::NEW
};

/// Returns the role with a key.
pub(crate) fn with_key<'i>(instance: &'i Instance, key: &str) -> Option<&'i Record> {
    instance.all(&ROLE).with("key", key).next()
}

/// Returns the name of the role with a key.
pub(crate) fn name<'i>(instance: &'i Instance, key: &str) -> Option<&'i str> {
    with_key(instance, key).map(|it| it.str("name"))
}

/// Returns the keys of the permissions of the role with a key.
pub(crate) fn permission_keys<'i>(instance: &'i Instance, key: &str) -> Vec<&'i str> {
    let role = with_key(instance, key);
    let ids = role.map(|it| it.strings("permissions")).unwrap_or_default();
    let permissions = ids
        .into_iter()
        .filter_map(|id| instance.all(&PERMISSION).get(id));
    permissions.map(|it| it.str("key")).collect()
}

pub(crate) fn has_permission(instance: &Instance, role_key: &str, permission_key: &str) -> bool {
    permission_keys(instance, role_key).contains(&permission_key)
}

/// Returns a permission that the role of an organization's creator needs and the role with a key lacks.
pub(crate) fn missing_creator_permission(
    instance: &Instance,
    role_key: &str,
) -> Option<&'static str> {
    let known = permission_keys(instance, role_key);
    let mut needed = CREATOR_PERMISSIONS.into_iter();
    needed.find(|it| !known.contains(it))
}

/// Returns a role as other responses contain it; null if there is none.
pub(crate) fn object(instance: &Instance, id: &str) -> Value {
    let record = instance.all(&ROLE).get(id);
    let render = |it| rendering::render_like(instance, "GetOrganizationRole", &ROLE, it);
    record.map(render).unwrap_or_default()
}

fn permissions(instance: &Instance, record: &Record) -> Value {
    let ids = record.strings("permissions").into_iter();
    let permissions = ids.filter_map(|id| instance.all(&PERMISSION).get(id));
    let render =
        |it| rendering::render_like(instance, "GetOrganizationPermission", &PERMISSION, it);
    Value::Array(permissions.map(render).collect())
}

fn is_creator_eligible(instance: &Instance, record: &Record) -> Value {
    json!(missing_creator_permission(instance, record.str("key")).is_none())
}
