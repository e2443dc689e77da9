//! What both views of connections have in common: checks, and what changes with a connection.

use super::members;
use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::changes;
use crate::rules::{directories, organization_domains};
use crate::store::instance::Instance;
use crate::store::record::Record;
use crate::tables::enterprise_connections::{CONNECTION, is_saml};
use crate::tables::organizations::ORGANIZATION;

/// Sets the ids of the part that depends on the protocol.
pub(super) fn set_ids(instance: &mut Instance, record: &mut Record) {
    let now = instance.now();
    match is_saml(record) {
        true => record.set("saml_id", instance.ids.id("samlc", now)),
        false => record.set("oauth_config_id", instance.ids.id("oauthc", now)),
    }
}

/// Deletes a connection and its directory.
pub(super) fn remove(call: &mut Call<'_>, id: &str) -> CallResult {
    directories::remove_of_connection(call.instance, id);
    changes::remove(call, &CONNECTION, id)
}

/// Takes a deleted organization from its connection.
pub(in crate::rules) fn unlink(instance: &mut Instance, organization_id: &str) {
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
pub(super) fn keep(old: &Record, record: &mut Record) {
    for name in ["domains", "organization_id"] {
        let is_empty = record.str(name).is_empty() && record.strings(name).is_empty();
        if is_empty && let Some(value) = old.get(name) {
            record.set(name, value.clone());
        }
    }
}

/// Returns the ids of the verified domains of organizations that have the names of the connection's domains.
pub(super) fn claimed_domains(instance: &Instance, record: &Record) -> Vec<String> {
    let names = record.strings("domains").into_iter();
    names
        .flat_map(|name| organization_domains::verified(instance, name))
        .collect()
}

/// Checks the domains, the organization and what an active connection needs.
pub(super) fn check(call: &Call<'_>, record: &mut Record) -> Result<(), ErrorResponse> {
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
