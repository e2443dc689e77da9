//! The table of the permissions of roles.

use crate::resources::resource::Literal::Text;
use crate::resources::resource::{Events, Resource, kind, unique};
use crate::store::instance::Instance;
use crate::store::record::Record;

pub(crate) static PERMISSION: Resource = Resource {
    kind: kind("permission", "perm", &["key"]),
    unique: &[unique("key", "form_already_exists")],
    defaults: &[("type", Text("user"))],
    searched: &["name", "key"],
    order: "+created_at",
    events: Events {
        created: Some("permission.created"),
        updated: Some("permission.updated"),
        deleted: Some("permission.deleted"),
    },
    ..Resource::NEW
};

/// Returns the permission with a key.
pub(crate) fn with_key<'i>(instance: &'i Instance, key: &str) -> Option<&'i Record> {
    instance.all(&PERMISSION).with("key", key).next()
}
