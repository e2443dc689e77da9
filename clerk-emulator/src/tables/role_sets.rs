//! The table of role sets.

use serde_json::{Value, json};

use super::organization_records::MEMBERSHIP_KIND;
use super::organization_roles::ROLE;
use crate::resources::resource::Literal::Text;
use crate::resources::resource::{Resource, kind, unique};
use crate::store::instance::Instance;
use crate::store::record::Record;

pub(crate) static ROLE_SET: Resource = Resource {
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
        .all(&MEMBERSHIP_KIND)
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

/// Returns the role set of new organizations.
pub(crate) fn initial(instance: &Instance) -> Option<&Record> {
    instance.all(&ROLE_SET).with("type", "initial").next()
}
