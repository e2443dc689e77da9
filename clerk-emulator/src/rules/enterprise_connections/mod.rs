//! Enterprise connections: single sign-on by SAML or OpenID Connect. The SAML ones can be seen as SAML connections, too.

mod members;
mod saml;

use serde_json::{Value, json};

use super::lookups::frontend_api;
use super::organizations::ORGANIZATION;
use super::{directories, organization_domains};
use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::resource::{Resource, kind};
use crate::resources::table::{Operations, get, list, rule};
use crate::resources::{changes, listing};
use crate::store::instance::Instance;
use crate::store::record::Record;

pub(super) static CONNECTION: Resource = Resource {
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
static TEST_RUN: Resource = Resource {
    kind: kind(
        "enterprise_connection_test_run",
        "enttr",
        &["enterprise_connection_id"],
    ),
    ..Resource::NEW
};

pub(super) const OPERATIONS: &Operations = &[
    ("ListEnterpriseConnections", list(&CONNECTION)),
    ("CreateEnterpriseConnection", rule(create)),
    ("GetEnterpriseConnection", get(&CONNECTION)),
    ("UpdateEnterpriseConnection", rule(update)),
    ("DeleteEnterpriseConnection", rule(delete)),
    ("ListEnterpriseConnectionTestRuns", rule(list_test_runs)),
    ("ListSAMLConnections", rule(saml::list)),
    ("CreateSAMLConnection", rule(saml::create)),
    ("GetSAMLConnection", rule(saml::get)),
    ("UpdateSAMLConnection", rule(saml::update)),
    ("DeleteSAMLConnection", rule(saml::delete)),
];

fn is_saml(record: &Record) -> bool {
    record.str("provider").starts_with("saml_")
}

/// Returns the URLs of the emulated Frontend API that an identity provider has to know.
fn service_provider_urls(instance: &Instance, record: &Record) -> [String; 3] {
    let host = frontend_api(instance);
    let id = record.str("saml_id");
    let entity_id = format!("{host}/v1/saml/{id}");
    [
        format!("{host}/v1/saml/acs/{id}"),
        format!("{host}/v1/saml/metadata/{id}.xml"),
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
        "login_hint": members::login_hint(record),
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

fn list_test_runs(call: &mut Call<'_>) -> CallResult {
    call.instance.find(&CONNECTION, &call.path_param(0))?;
    listing::list(call, &TEST_RUN)
}

fn create(call: &mut Call<'_>) -> CallResult {
    let mut record = changes::new_record(call, &CONNECTION)?;
    set_ids(call.instance, &mut record);
    apply(call, &mut record)?;
    changes::insert(call, &CONNECTION, record)
}

/// Sets the ids of the part that depends on the protocol.
fn set_ids(instance: &mut Instance, record: &mut Record) {
    let now = instance.now();
    match is_saml(record) {
        true => record.set("saml_id", instance.ids.id("samlc", now)),
        false => record.set("oauth_config_id", instance.ids.id("oauthc", now)),
    }
}

fn update(call: &mut Call<'_>) -> CallResult {
    let id = changes::record_id(call, &CONNECTION)?;
    let old = call.instance.find(&CONNECTION, &id)?.clone();
    let mut record = old.clone();
    changes::apply_body(call, &mut record)?;
    keep(&old, &mut record);
    apply(call, &mut record)?;
    changes::save(call, &CONNECTION, record)
}

fn delete(call: &mut Call<'_>) -> CallResult {
    let id = changes::record_id(call, &CONNECTION)?;
    remove(call, &id)
}

/// Deletes a connection and its directory.
fn remove(call: &mut Call<'_>, id: &str) -> CallResult {
    directories::remove_of_connection(call.instance, id);
    changes::remove(call, &CONNECTION, id)
}

/// Takes a deleted organization from its connection.
pub(super) fn unlink(instance: &mut Instance, organization_id: &str) {
    let ids = instance
        .all(&CONNECTION)
        .ids_with("organization_id", organization_id);
    for id in ids {
        instance
            .all_mut(&CONNECTION)
            .update(&id, |it| it.remove("organization_id"));
    }
}

/// Restores what a change cannot clear: the domains and the organization.
fn keep(old: &Record, record: &mut Record) {
    for name in ["domains", "organization_id"] {
        let is_empty = record.str(name).is_empty() && record.strings(name).is_empty();
        if is_empty && let Some(value) = old.get(name) {
            record.set(name, value.clone());
        }
    }
}

/// Applies the parts of the body that depend on the protocol, and checks the result.
fn apply(call: &mut Call<'_>, record: &mut Record) -> Result<(), ErrorResponse> {
    match is_saml(record) {
        true => members::apply_saml(record, call.get("saml")),
        false => members::apply_oidc(record, call.get("oidc")),
    }
    check(call, record)?;
    if record.is("active") {
        for domain in claimed_domains(call.instance, record) {
            organization_domains::remove(call, &domain)?;
        }
    }
    Ok(())
}

/// Returns the ids of the verified domains of organizations that have the names of the connection's domains.
fn claimed_domains(instance: &Instance, record: &Record) -> Vec<String> {
    let names = record.strings("domains").into_iter();
    names
        .flat_map(|name| organization_domains::verified(instance, name))
        .collect()
}

/// Checks the domains, the organization and what an active connection needs.
fn check(call: &Call<'_>, record: &mut Record) -> Result<(), ErrorResponse> {
    check_organization(call.instance, record)?;
    let domains = record.strings("domains").into_iter();
    let domains: Vec<String> = domains.map(str::to_lowercase).collect();
    check_domains(call.instance, record, &domains)?;
    record.set("domains", domains);
    if record.is("active") && is_saml(record) && !members::is_complete(record) {
        let message = "An active SAML connection needs the entity id, the URL and the certificate \
            of its identity provider.";
        let code = "saml_connection_cant_be_activated";
        return Err(ErrorResponse::new(422, code, message));
    }
    Ok(())
}

fn check_organization(instance: &Instance, record: &Record) -> Result<(), ErrorResponse> {
    let organization_id = record.str("organization_id");
    if organization_id.is_empty() {
        return Ok(());
    }
    instance.find(&ORGANIZATION, organization_id)?;
    let mut connections = instance
        .all(&CONNECTION)
        .with("organization_id", organization_id);
    if connections.any(|it| it.id != record.id) {
        let message = "The organization has a connection already.";
        let code = "organization_already_has_sso_connection";
        return Err(ErrorResponse::param(code, "organization_id", message));
    }
    Ok(())
}

fn check_domains(
    instance: &Instance,
    record: &Record,
    domains: &[String],
) -> Result<(), ErrorResponse> {
    if domains.is_empty() || !domains.iter().all(|it| is_domain(it)) {
        let message = "A connection needs valid domain names.";
        let code = "form_param_format_invalid";
        return Err(ErrorResponse::param(code, "domains", message));
    }
    let has_one = |it: &Record| {
        let known = it.strings("domains");
        domains.iter().any(|name| known.contains(&name.as_str()))
    };
    let mut others = instance.all(&CONNECTION).oldest_first();
    if others.any(|it| it.id != record.id && has_one(it)) {
        let message = "Another connection has one of the domains.";
        return Err(ErrorResponse::param(
            "form_already_exists",
            "domains",
            message,
        ));
    }
    Ok(())
}

fn is_domain(name: &str) -> bool {
    let is_allowed = |it: u8| it.is_ascii_alphanumeric() || it == b'-';
    let labels = name.split('.');
    labels.clone().count() > 1
        && labels
            .clone()
            .all(|it| !it.is_empty() && it.bytes().all(is_allowed))
}
