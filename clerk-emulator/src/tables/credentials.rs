//! The tables of API keys, and of the tokens of machines and administrators.

use serde_json::json;

use crate::resources::resource::Literal::Text;
use crate::resources::resource::{Resource, hex_kind};
use crate::store::instance::Instance;
use crate::store::record::Record;

pub(crate) static API_KEY: Resource = Resource {
    kind: hex_kind("api_key", "ak", &["subject", "secret"]),
    defaults: &[("type", Text("api_key"))],
    computed: &[("expired", |instance, record| {
        json!(is_expired(instance, record))
    })],
    searched: &["name"],
    ..Resource::NEW
};

pub(crate) static M2M_TOKEN: Resource = Resource {
    kind: hex_kind("machine_to_machine_token", "mt", &["subject", "token"]),
    computed: &[("expired", |instance, record| {
        json!(is_expired(instance, record))
    })],
    not_filters: &["revoked", "expired"],
    ..Resource::NEW
};

pub(crate) static LINK_TOKEN: Resource = Resource {
    // The member `addressee` is the organization or the contact.
    kind: hex_kind("admin_portal_link_token", "aplt", &["addressee"]),
    computed: &[
        ("instance_id", |instance, _| json!(instance.id)),
        ("expired", |instance, record| {
            json!(is_expired(instance, record))
        }),
    ],
    ..Resource::NEW
};

pub(crate) fn is_expired(instance: &Instance, record: &Record) -> bool {
    record
        .i64("expiration")
        .is_some_and(|it| it <= instance.now())
}
