//! The tables of the accounts and devices of users. Users get them by signing in, which is not part of the Backend API.

use serde_json::{Value, json};

use crate::resources::resource::{Literal, Resource, kind};
use crate::store::instance::Instance;
use crate::store::record::Record;

pub(crate) static EXTERNAL_ACCOUNT: Resource = Resource {
    kind: kind("external_account", "eac", &["user_id", "provider_user_id"]),
    schema: "ExternalAccountWithVerification",
    computed: &[("verification", oauth_verification)],
    ..Resource::NEW
};

pub(crate) static PASSKEY: Resource = Resource {
    kind: kind("passkey", "idn", &["user_id"]),
    schema: "Passkey",
    computed: &[("last_used_at", |_, record| {
        json!(record.i64("last_used_at").unwrap_or(record.created_at))
    })],
    ..Resource::NEW
};

pub(crate) static TRUSTED_DEVICE: Resource = Resource {
    kind: kind("trusted_device", "td", &["user_id"]),
    schema: "TrustedDevice",
    defaults: &[("status", Literal::Text("active"))],
    ..Resource::NEW
};

fn oauth_verification(_: &Instance, record: &Record) -> Value {
    json!({
        "object": "verification_oauth", "status": "verified",
        "strategy": format!("oauth_{}", provider(record)),
        "attempts": null, "expire_at": record.created_at + 10 * 60 * 1000,
    })
}

/// Returns the provider of an external account without the prefix `oauth_`.
pub(crate) fn provider(record: &Record) -> &str {
    let provider = record.str("provider");
    provider.strip_prefix("oauth_").unwrap_or(provider)
}
