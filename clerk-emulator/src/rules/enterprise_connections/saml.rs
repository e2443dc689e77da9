//! SAML connections: another view of the enterprise connections that use SAML.

use serde_json::{Value, json};

use super::connection::{self, claimed_domains, keep, set_ids};
use super::members;
use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::listing;
use crate::rules::organization_domains;
use crate::store::instance::Instance;
use crate::store::record::Record;
use crate::tables::enterprise_connections::{
    CONNECTION, is_saml, login_hint, service_provider_urls,
};

/// The members that a connection and its record have alike.
const SAME: [&str; 6] = [
    "idp_certificate",
    "idp_entity_id",
    "idp_metadata",
    "idp_metadata_url",
    "idp_sso_url",
    "organization_id",
];

/// The members that are false unless the record has them.
const FLAGS: [&str; 7] = [
    "active",
    "allow_idp_initiated",
    "allow_organization_account_linking",
    "allow_subdomains",
    "disable_additional_identifications",
    "force_authn",
    "sync_user_attributes",
];

fn object(instance: &Instance, record: &Record) -> Value {
    let [acs_url, metadata_url, entity_id] = service_provider_urls(instance, record);
    let domains = record.strings("domains");
    let mut object = json!({
        "object": "saml_connection",
        "id": record.str("saml_id"),
        "enterprise_connection_id": record.id,
        "name": record.str("name"),
        "provider": record.str("provider"),
        "domain": domains.first(),
        "domains": domains,
        "authenticatable": record.is("active"),
        "disable_jit_provisioning": false,
        "attribute_mapping": members::attribute_mapping(record),
        "login_hint": login_hint(record),
        "acs_url": acs_url,
        "sp_entity_id": entity_id,
        "sp_metadata_url": metadata_url,
        "idp_certificate_issued_at": null,
        "idp_certificate_expires_at": null,
        "user_count": 0,
        "created_at": record.created_at,
        "updated_at": record.updated_at,
    });
    for name in SAME {
        object[name] = json!(record.get(name));
    }
    for name in FLAGS {
        object[name] = json!(record.is(name));
    }
    object
}

/// Returns the connection that the path names by the id of its SAML part.
fn named_by_path(call: &Call<'_>) -> Result<Record, ErrorResponse> {
    let id = call.path_param(0);
    let found = call.instance.all(&CONNECTION).with("saml_id", &id).next();
    let found = found.cloned();
    found.ok_or_else(|| ErrorResponse::not_found("SAML connection", &id))
}

pub(super) fn list(call: &mut Call<'_>) -> CallResult {
    let part = call.query("query").unwrap_or_default().to_lowercase();
    let mut response = listing::list_where(call, &CONNECTION, |record| {
        is_saml(record) && record.str("name").to_lowercase().contains(&part)
    })?;
    for item in response["data"].as_array_mut().into_iter().flatten() {
        let id = item["id"].as_str().unwrap_or_default();
        let record = call.instance.all(&CONNECTION).get(id);
        *item = record
            .map(|it| object(call.instance, it))
            .unwrap_or_default();
    }
    Ok(response)
}

pub(super) fn get(call: &mut Call<'_>) -> CallResult {
    let record = named_by_path(call)?;
    Ok(object(call.instance, &record))
}

pub(super) fn create(call: &mut Call<'_>) -> CallResult {
    let mut record = call.instance.new_record(&CONNECTION);
    apply(call, &mut record);
    set_ids(call.instance, &mut record);
    store(call, record)
}

pub(super) fn update(call: &mut Call<'_>) -> CallResult {
    let old = named_by_path(call)?;
    let mut record = old.clone();
    apply(call, &mut record);
    keep(&old, &mut record);
    store(call, record)
}

/// Copies the body to a record.
fn apply(call: &Call<'_>, record: &mut Record) {
    for name in ["name", "provider", "organization_id", "domain"] {
        if let Some(text) = call.text(name) {
            match name {
                "domain" => record.set("domains", vec![text]),
                name => record.set(name, text),
            }
        }
    }
    let domains = call.texts("domains");
    if !domains.is_empty() {
        record.set("domains", domains);
    }
    for name in [
        "active",
        "allow_organization_account_linking",
        "disable_additional_identifications",
        "sync_user_attributes",
    ] {
        if let Some(flag) = call.flag(name) {
            record.set(name, flag);
        }
    }
    members::apply_saml(record, Some(&call.body));
}

/// Checks a record and stores it. An active connection takes the place of verified domains, if the caller agrees.
fn store(call: &mut Call<'_>, mut record: Record) -> CallResult {
    connection::check(call, &mut record)?;
    if record.is("active") {
        let claimed = claimed_domains(call.instance, &record);
        let agrees = call.flag("consent_verified_domains_deletion") == Some(true);
        if !claimed.is_empty() && !agrees {
            let message =
                "Verified domains of organizations have the names of the connection's domains.";
            return Err(ErrorResponse::new(409, "conflict", message));
        }
        for domain in claimed {
            organization_domains::remove(call, &domain)?;
        }
    }
    record.updated_at = call.instance.now();
    let response = object(call.instance, &record);
    call.instance.all_mut(&CONNECTION).insert(record);
    Ok(response)
}

pub(super) fn delete(call: &mut Call<'_>) -> CallResult {
    let record = named_by_path(call)?;
    let mut response = connection::remove(call, &record.id)?;
    response["object"] = json!("saml_connection");
    response["id"] = json!(record.str("saml_id"));
    Ok(response)
}
