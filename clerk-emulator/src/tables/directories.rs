//! The tables of SCIM directories and of their mappings of groups to roles.

use serde_json::{Value, json};

use super::enterprise_connections::CONNECTION;
use super::organization_roles;
use crate::resources::resource::{Resource, kind};
use crate::store::instance::{FRONTEND_URL, Instance};
use crate::store::record::Record;

pub(crate) static DIRECTORY: Resource = Resource {
    kind: kind("directory", "scim", &["enterprise_connection_id"]),
    // Only creation and rotation show the key.
    omitted: &["api_key"],
    computed: &[
        ("endpoint_url", endpoint_url),
        ("custom_attributes", custom_attributes),
    ],
    ..Resource::NEW
};

fn endpoint_url(_instance: &Instance, record: &Record) -> Value {
    json!(format!("{}/v1/scim/v2/{}", FRONTEND_URL, record.id))
}

fn custom_attributes(instance: &Instance, record: &Record) -> Value {
    let connection = instance.all(&CONNECTION);
    let connection = connection.get(record.str("enterprise_connection_id"));
    let attributes = connection.and_then(|it| it.get("custom_attributes"));
    attributes.cloned().unwrap_or_else(|| json!([]))
}

pub(crate) static MAPPING: Resource = Resource {
    kind: kind("group_role_mapping", "grm", &["directory_id", "role_id"]),
    computed: &[
        ("scim_directory_id", |_, record| {
            json!(record.str("directory_id"))
        }),
        ("scim_group_id", |_, record| {
            json!(record.str("directory_group_id"))
        }),
        ("scim_group_display_name", |_, record| {
            json!(record.str("directory_group_display_name"))
        }),
        ("role", |instance, record| {
            organization_roles::object(instance, record.str("role_id"))
        }),
    ],
    ..Resource::NEW
};
