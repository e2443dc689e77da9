//! Role sets: the roles that the members of an organization may have.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::instance::ORGANIZATIONS;
use super::organization_memberships::{self, MEMBERSHIP};
use super::organization_roles::{self, ROLE};
use super::organizations::ORGANIZATION;
use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::changes;
use crate::resources::resource::Literal::Text;
use crate::resources::resource::{Resource, kind, unique};
use crate::resources::table::{Operations, get, list, rule};
use crate::store::instance::Instance;
use crate::store::record::Record;

/// The number of roles that a set may have.
const MAX_ROLES: usize = 10;

static ROLE_SET: Resource = Resource {
    kind: kind("role_set", "rset", &["key", "type"]),
    unique: &[unique("key", "form_already_exists")],
    defaults: &[("type", Text("custom"))],
    computed: &[
        ("roles", roles),
        ("default_role", |instance, record| {
            item(instance, record.str("default_role_id"))
        }),
        ("creator_role", |instance, record| {
            item(instance, record.str("creator_role_id"))
        }),
    ],
    searched: &["name", "key"],
    alternative_id: Some("key"),
    ..Resource::NEW
};

pub(super) const OPERATIONS: &Operations = &[
    ("ListRoleSets", list(&ROLE_SET)),
    ("CreateRoleSet", rule(create)),
    ("GetRoleSet", get(&ROLE_SET)),
    ("UpdateRoleSet", rule(update)),
    ("ReplaceRoleSet", rule(replace)),
    ("AddRolesToRoleSet", rule(add_roles)),
    ("ReplaceRoleInRoleSet", rule(replace_role)),
];

/// Creates the role set of new organizations.
pub(super) fn seed(instance: &mut Instance) {
    let roles = instance.all(&ROLE).oldest_first();
    let roles: Vec<String> = roles.map(|it| it.id.to_string()).collect();
    let mut record = instance.new_record(&ROLE_SET);
    record.set("name", "Default");
    record.set("key", "role_set:default");
    record.set("type", "initial");
    for (name, role) in ["creator_role_id", "default_role_id"]
        .into_iter()
        .zip(&roles)
    {
        record.set(name, role.clone());
    }
    record.set("roles", roles);
    instance.all_mut(&ROLE_SET).insert(record);
}

/// Returns the role set of new organizations.
pub(super) fn initial(instance: &Instance) -> Option<&Record> {
    instance.all(&ROLE_SET).with("type", "initial").next()
}

/// Returns the role set with a key, which is a member of the body.
pub(super) fn find<'i>(instance: &'i Instance, key: &str) -> Result<&'i Record, ErrorResponse> {
    let found = instance.all(&ROLE_SET).with("key", key).next();
    found.ok_or_else(|| ErrorResponse::not_found("role set", key))
}

/// Returns the key of the role that the creator of an organization gets.
pub(super) fn creator_role(instance: &Instance, role_set: Option<&Record>) -> String {
    let is_initial = role_set.is_none_or(|it| it.str("type") == "initial");
    let role = role_set.and_then(|it| instance.all(&ROLE).get(it.str("creator_role_id")));
    match role.filter(|_| !is_initial) {
        Some(role) => role.str("key").to_owned(),
        None => ORGANIZATIONS.text(instance, "creator_role"),
    }
}

/// Rejects a role that the members of an organization may not have.
pub(super) fn require_role(
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
pub(super) fn require_roles_of_members(
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

pub(super) fn is_creator_role(instance: &Instance, role_id: &str) -> bool {
    let mut sets = instance.all(&ROLE_SET).oldest_first();
    sets.any(|it| it.str("creator_role_id") == role_id)
}

pub(super) fn is_default_role(instance: &Instance, role_id: &str) -> bool {
    let mut sets = instance.all(&ROLE_SET).oldest_first();
    sets.any(|it| it.str("default_role_id") == role_id)
}

/// Adds a role to the role set of new organizations.
pub(super) fn add_to_initial(instance: &mut Instance, role_id: &str) -> Result<(), ErrorResponse> {
    let Some(record) = initial(instance) else {
        return Ok(());
    };
    let (id, mut roles) = (record.id.to_string(), role_ids(record));
    roles.push(role_id.to_owned());
    check_size(&roles)?;
    instance.change(&ROLE_SET, &id, |record| record.set("roles", roles))
}

/// Removes a deleted role from all role sets.
pub(super) fn remove_role(instance: &mut Instance, role_id: &str) {
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

fn role_ids(record: &Record) -> Vec<String> {
    record
        .strings("roles")
        .into_iter()
        .map(str::to_owned)
        .collect()
}

fn check_size(roles: &[String]) -> Result<(), ErrorResponse> {
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

fn roles(instance: &Instance, record: &Record) -> Value {
    let ids = record.strings("roles").into_iter();
    ids.map(|id| item(instance, id))
        .filter(|it| !it.is_null())
        .collect()
}

/// Returns a role as a role set contains it; null if there is none.
fn item(instance: &Instance, role_id: &str) -> Value {
    let Some(role) = instance.all(&ROLE).get(role_id) else {
        return Value::Null;
    };
    let memberships = instance
        .all(&MEMBERSHIP)
        .count_with("role", role.str("key"));
    json!({
        "object": "role_set_item",
        "id": role_id,
        "name": role.str("name"),
        "key": role.str("key"),
        "description": role.get("description"),
        "members_count": memberships,
        "has_members": memberships > 0,
        "created_at": role.created_at,
        "updated_at": role.updated_at,
    })
}

/// Returns the id of the role whose key is a member of the body.
fn role_id(call: &Call<'_>, name: &str, key: &str) -> Result<String, ErrorResponse> {
    let role = organization_roles::with_key(call.instance, key);
    let role = role.map(|it| it.id.to_string());
    role.ok_or_else(|| {
        let message = format!("There is no role with the key {key:?}.");
        ErrorResponse::param("form_resource_not_found", name, message)
    })
}

fn create(call: &mut Call<'_>) -> CallResult {
    let mut record = changes::new_record(call, &ROLE_SET)?;
    let keys = call.texts("roles").into_iter();
    let roles = keys.map(|key| role_id(call, "roles", &key));
    let roles = roles.collect::<Result<Vec<String>, ErrorResponse>>()?;
    check_size(&roles)?;
    record.set("roles", roles);
    apply_special_roles(call, &mut record)?;
    if record.str("key").is_empty() {
        record.set("key", key_of_name(record.str("name")));
    }
    check_key(record.str("key"))?;
    save(call, record, true)
}

fn key_of_name(name: &str) -> String {
    let name = name.to_lowercase();
    let words = name.split(|it: char| !it.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|it| !it.is_empty()).collect();
    format!("role_set:{}", words.join("_"))
}

fn check_key(key: &str) -> Result<(), ErrorResponse> {
    let name = key.strip_prefix("role_set:").unwrap_or_default();
    let is_allowed = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_';
    if !name.is_empty() && name.bytes().all(is_allowed) {
        return Ok(());
    }
    let message =
        "A key begins with role_set: and consists of lowercase letters, digits and underscores.";
    Err(ErrorResponse::param(
        "form_param_format_invalid",
        "key",
        message,
    ))
}

/// Sets the default role and that of creators to those of the body, which must be in the set.
fn apply_special_roles(call: &Call<'_>, record: &mut Record) -> Result<(), ErrorResponse> {
    for (name, member) in [
        ("default_role_key", "default_role_id"),
        ("creator_role_key", "creator_role_id"),
    ] {
        let Some(key) = call.text(name) else {
            continue;
        };
        let id = role_id(call, name, &key)?;
        if !record.strings("roles").contains(&id.as_str()) {
            let message = format!("The role {key} is not in the role set.");
            return Err(ErrorResponse::param(
                "form_param_value_invalid",
                name,
                message,
            ));
        }
        if member == "creator_role_id" {
            organization_roles::require_creator_permissions(call.instance, &key)?;
        }
        record.set(member, id);
    }
    Ok(())
}

/// Stores a role set. There is only one of the type `initial`.
fn save(call: &mut Call<'_>, record: Record, is_new: bool) -> CallResult {
    changes::ensure_unique(call.instance, &ROLE_SET, &record)?;
    let old = initial(call.instance).map(|it| it.id.to_string());
    if record.str("type") == "initial"
        && let Some(old) = old.filter(|it| **it != *record.id)
    {
        call.instance
            .change(&ROLE_SET, &old, |it| it.set("type", "custom"))?;
    }
    match is_new {
        true => changes::insert(call, &ROLE_SET, record),
        false => changes::save(call, &ROLE_SET, record),
    }
}

fn update(call: &mut Call<'_>) -> CallResult {
    let mut record = named_by_path(call)?;
    let old_key = record.str("key").to_owned();
    changes::apply_body(call, &mut record)?;
    check_key(record.str("key"))?;
    apply_special_roles(call, &mut record)?;
    changes::ensure_unique(call.instance, &ROLE_SET, &record)?;
    move_organizations(call.instance, &old_key, record.str("key"))?;
    save(call, record, false)
}

fn named_by_path(call: &Call<'_>) -> Result<Record, ErrorResponse> {
    let id = changes::record_id(call, &ROLE_SET)?;
    Ok(call.instance.find(&ROLE_SET, &id)?.clone())
}

fn move_organizations(instance: &mut Instance, old: &str, new: &str) -> Result<(), ErrorResponse> {
    if old == new {
        return Ok(());
    }
    for id in instance.all(&ORGANIZATION).ids_with("role_set_key", old) {
        instance.change(&ORGANIZATION, &id, |it| it.set("role_set_key", new))?;
    }
    Ok(())
}

fn replace(call: &mut Call<'_>) -> CallResult {
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
    let data = organization_memberships::object(call.instance, record);
    changes::announce(call, MEMBERSHIP.events.updated, &data);
    Ok(())
}

fn add_roles(call: &mut Call<'_>) -> CallResult {
    let mut record = named_by_path(call)?;
    let mut roles = role_ids(&record);
    for key in call.texts("role_keys") {
        let id = role_id(call, "role_keys", &key)?;
        if !roles.contains(&id) {
            roles.push(id);
        }
    }
    check_size(&roles)?;
    record.set("roles", roles);
    apply_special_roles(call, &mut record)?;
    save(call, record, false)
}

fn replace_role(call: &mut Call<'_>) -> CallResult {
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
        organization_roles::require_creator_permissions(call.instance, &to)?;
    }
    for member in ["default_role_id", "creator_role_id"] {
        if record.str(member) == from_id {
            record.set(member, to_id.clone());
        }
    }
    let members = call.instance.all(&MEMBERSHIP).with("role", &from);
    let organizations = call.instance.all(&ORGANIZATION);
    let is_in_set = |it: &&Record| {
        let organization = organizations.get(it.str("organization_id"));
        organization.is_some_and(|it| it.str("role_set_key") == record.str("key"))
    };
    let members: Vec<String> = members
        .filter(is_in_set)
        .map(|it| it.id.to_string())
        .collect();
    for member in members {
        reassign(call, &member, &to)?;
    }
    save(call, record, false)
}
