//! The table of the domains of organizations.

use serde_json::{Value, json};

use super::organizations;
use crate::resources::resource::{Events, Resource, kind};
use crate::store::instance::Instance;
use crate::store::record::Record;

pub(crate) static DOMAIN: Resource = Resource {
    kind: kind(
        "organization_domain",
        "orgdmn",
        &["organization_id", "name"],
    ),
    computed: &[
        ("affiliation_verification", affiliation_verification),
        ("verification", affiliation_verification),
        ("ownership_verification", ownership_verification),
        ("public_organization_data", |instance, record| {
            organizations::public_data(instance, record.str("organization_id"))
        }),
    ],
    searched: &["name", "organization_id"],
    events: Events {
        created: Some("organizationDomain.created"),
        updated: Some("organizationDomain.updated"),
        deleted: Some("organizationDomain.deleted"),
    },
    ..Resource::NEW
};

fn affiliation_verification(_: &Instance, record: &Record) -> Value {
    verification("backend_api", record.i64("verified_at"))
}

/// Returns the proof that the organization owns the domain; null if there is none.
fn ownership_verification(_: &Instance, record: &Record) -> Value {
    match record.i64("ownership_verified_at") {
        None => Value::Null,
        time => verification("manual_override", time),
    }
}

fn verification(strategy: &str, verified_at: Option<i64>) -> Value {
    let status = match verified_at {
        Some(_) => "verified",
        None => "unverified",
    };
    json!({
        "status": status,
        "strategy": strategy,
        "attempts": 0,
        "expire_at": null,
        "verified_at": verified_at,
    })
}
