//! The tables of the allowlist and the blocklist.

use serde_json::json;

use crate::resources::resource::{Resource, Unique, kind};

pub(crate) static ALLOWLIST_IDENTIFIER: Resource = Resource {
    kind: kind("allowlist_identifier", "alid", &["identifier"]),
    unique: ONCE,
    omitted: &["invitation_id"],
    computed: &[("instance_id", |instance, _| json!(instance.id))],
    ..Resource::NEW
};

pub(crate) static BLOCKLIST_IDENTIFIER: Resource = Resource {
    kind: kind("blocklist_identifier", "blid", &["identifier"]),
    unique: ONCE,
    computed: &[("instance_id", |instance, _| json!(instance.id))],
    ..Resource::NEW
};

const ONCE: &[Unique] = &[Unique {
    member: "identifier",
    status: 400,
    code: "duplicate_record",
}];
