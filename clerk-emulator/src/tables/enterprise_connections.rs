//! The table of enterprise connections, and that of their tests.

use serde_json::{Value, json};

use crate::resources::resource::{Resource, kind};
use crate::store::instance::{FRONTEND_URL, Instance};
use crate::store::record::Record;

pub(crate) static CONNECTION: Resource = Resource {
    kind: kind(
        "enterprise_connection",
        "ent",
        &["organization_id", "saml_id"],
    ),
    computed: &[
        ("authenticatable", |_, record| json!(record.is("active"))),
        ("disable_jit_provisioning", |_, _| json!(false)),
        ("saml_connection", saml_connection),
        ("oauth_config", oauth_config),
    ],
    searched: &["name"],
    ..Resource::NEW
};

/// The tests of connections, of which there are none: they need an identity provider.
pub(crate) static TEST_RUN: Resource = Resource {
    kind: kind(
        "enterprise_connection_test_run",
        "enttr",
        &["enterprise_connection_id"],
    ),
    ..Resource::NEW
};

pub(crate) fn is_saml(record: &Record) -> bool {
    record.str("provider").starts_with("saml_")
}

/// Returns the URLs of the emulated Frontend API that an identity provider has to know.
pub(crate) fn service_provider_urls(_instance: &Instance, record: &Record) -> [String; 3] {
    let id = record.str("saml_id");
    let entity_id = format!("{FRONTEND_URL}/v1/saml/{id}");
    [
        format!("{FRONTEND_URL}/v1/saml/acs/{id}"),
        format!("{FRONTEND_URL}/v1/saml/metadata/{id}.xml"),
        entity_id,
    ]
}

fn saml_connection(instance: &Instance, record: &Record) -> Value {
    if !is_saml(record) {
        return Value::Null;
    }
    let [acs_url, metadata_url, entity_id] = service_provider_urls(instance, record);
    json!({
        "id": record.str("saml_id"),
        "name": record.str("name"),
        "active": record.is("active"),
        "idp_entity_id": record.get("idp_entity_id"),
        "idp_sso_url": record.get("idp_sso_url"),
        "idp_metadata_url": record.get("idp_metadata_url"),
        "acs_url": acs_url,
        "sp_entity_id": entity_id,
        "sp_metadata_url": metadata_url,
        "allow_idp_initiated": record.is("allow_idp_initiated"),
        "allow_subdomains": record.is("allow_subdomains"),
        "force_authn": record.is("force_authn"),
        "login_hint": login_hint(record),
    })
}

fn oauth_config(_: &Instance, record: &Record) -> Value {
    if is_saml(record) {
        return Value::Null;
    }
    let oidc = record.get("oidc").cloned().unwrap_or_default();
    json!({
        "id": record.str("oauth_config_id"),
        "name": record.str("name"),
        "provider_key": record.str("provider"),
        "client_id": oidc["client_id"],
        "discovery_url": oidc["discovery_url"],
        "auth_url": oidc["auth_url"],
        "token_url": oidc["token_url"],
        "user_info_url": oidc["user_info_url"],
        "logo_public_url": null,
        "requires_pkce": oidc["requires_pkce"] == true,
        "created_at": record.created_at,
        "updated_at": record.updated_at,
    })
}

pub(crate) fn login_hint(record: &Record) -> Value {
    let default = || json!({ "mode": "email_address" });
    record.get("login_hint").cloned().unwrap_or_else(default)
}
