//! Role sets: the roles that the members of an organization may have.

mod edits;
mod replacement;
mod role_set;

pub(super) use role_set::{
    add_to_initial, creator_role, find, is_creator_role, is_default_role, remove_role,
    require_role, require_roles_of_members,
};

use crate::resources::table::{Operations, get, list, rule};
use crate::store::instance::Instance;
use crate::tables::organization_roles::ROLE;
use crate::tables::role_sets::ROLE_SET;

pub(super) const OPERATIONS: &Operations = &[
    ("ListRoleSets", list(&ROLE_SET)),
    ("CreateRoleSet", rule(edits::create)),
    ("GetRoleSet", get(&ROLE_SET)),
    ("UpdateRoleSet", rule(edits::update)),
    ("ReplaceRoleSet", rule(replacement::replace)),
    ("AddRolesToRoleSet", rule(edits::add_roles)),
    ("ReplaceRoleInRoleSet", rule(replacement::replace_role)),
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
