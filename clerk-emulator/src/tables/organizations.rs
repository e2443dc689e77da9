//! The table of organizations.

use serde_json::{Value, json};

use super::organization_records::{MEMBERSHIP_KIND, ORGANIZATION_KIND, pending_invitations};
use super::organization_roles::{MANAGE_MEMBERSHIPS, has_permission};
use crate::resources::resource::{Events, Resource, unique};
use crate::resources::{images, rendering};
use crate::store::instance::Instance;
use crate::store::record::Record;

pub(crate) static ORGANIZATION: Resource = Resource {
    kind: ORGANIZATION_KIND,
    unique: &[unique("slug", "form_identifier_exists")],
    omitted: &[
        "created_by",
        "last_active_at",
        "members_count",
        "missing_member_with_elevated_permissions",
        "pending_invitations_count",
    ],
    computed: &[("image_url", image_url), ("logo_url", image_url)],
    on_demand: &[
        ("members_count", members_count),
        ("pending_invitations_count", pending_invitations_count),
        ("missing_member_with_elevated_permissions", misses_manager),
    ],
    searched: &["name", "slug"],
    events: Events {
        created: Some("organization.created"),
        updated: Some("organization.updated"),
        deleted: Some("organization.deleted"),
    },
    alternative_id: Some("slug"),
    ..Resource::NEW
};

fn image_url(_: &Instance, record: &Record) -> Value {
    match record.str("image_url") {
        "" => json!(images::generated_url(&record.id)),
        url => json!(url),
    }
}

fn members_count(instance: &Instance, record: &Record) -> Value {
    let memberships = instance.all(&MEMBERSHIP_KIND);
    json!(memberships.count_with("organization_id", &record.id))
}

fn pending_invitations_count(instance: &Instance, record: &Record) -> Value {
    json!(pending_invitations(instance, &record.id).count())
}

fn misses_manager(instance: &Instance, record: &Record) -> Value {
    let mut members = instance
        .all(&MEMBERSHIP_KIND)
        .with("organization_id", &record.id);
    json!(!members.any(|it| has_permission(instance, it.str("role"), MANAGE_MEMBERSHIPS)))
}

/// Returns an organization as other responses contain it; null if there is none.
pub(crate) fn object(instance: &Instance, id: &str) -> Value {
    let record = instance.all(&ORGANIZATION).get(id);
    let render = |it| rendering::render_like(instance, "GetOrganization", &ORGANIZATION, it);
    record.map(render).unwrap_or_default()
}

/// Returns what a person who is invited sees of an organization; null if there is none.
pub(crate) fn public_data(instance: &Instance, id: &str) -> Value {
    let Some(record) = instance.all(&ORGANIZATION).get(id) else {
        return Value::Null;
    };
    json!({
        "id": id,
        "name": record.str("name"),
        "slug": record.str("slug"),
        "has_image": record.is("has_image"),
        "image_url": image_url(instance, record),
    })
}
