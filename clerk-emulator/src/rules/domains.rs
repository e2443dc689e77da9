//! Domains of the instance: the primary one, and its satellites.

use serde_json::Value;

use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::changes;
use crate::resources::table::{Operations, list, rule};
use crate::store::instance::{FRONTEND_URL, Instance};
use crate::tables::domains::DOMAIN;

pub(super) const OPERATIONS: &Operations = &[
    ("ListDomains", list(&DOMAIN)),
    ("AddDomain", rule(add)),
    ("UpdateDomain", rule(update)),
    ("DeleteDomain", rule(delete)),
];

/// Creates the primary domain.
pub(super) fn seed(instance: &mut Instance) {
    let mut record = instance.new_record(&DOMAIN);
    record.set("name", FRONTEND_URL.trim_start_matches("https://"));
    instance.all_mut(&DOMAIN).insert(record);
}

/// Renames the primary domain.
pub(super) fn rename_primary(instance: &mut Instance, name: &str) {
    let mut domains = instance.all(&DOMAIN).oldest_first();
    let primary = domains.find(|it| !it.is("is_satellite"));
    let id = primary.map(|it| it.id.clone());
    drop(domains);
    if let Some(id) = id {
        let domains = instance.all_mut(&DOMAIN);
        domains.update(&id, |record| record.set("name", name));
    }
}

fn add(call: &mut Call<'_>) -> CallResult {
    refuse_proxy(call)?;
    check_name(call)?;
    changes::create(call, &DOMAIN)
}

fn update(call: &mut Call<'_>) -> CallResult {
    let id = changes::record_id(call, &DOMAIN)?;
    let is_satellite = call.instance.find(&DOMAIN, &id)?.is("is_satellite");
    let is_fixed = !is_satellite && call.instance.options.is_development();
    if is_fixed && call.text("name").is_some() {
        return Err(production_only());
    }
    refuse_proxy(call)?;
    check_name(call)?;
    changes::update(call, &DOMAIN)
}

fn refuse_proxy(call: &Call<'_>) -> Result<(), ErrorResponse> {
    match call.text("proxy_url") {
        Some(_) if call.instance.options.is_development() => Err(production_only()),
        _ => Ok(()),
    }
}

fn production_only() -> ErrorResponse {
    let message = "This can be changed only in production instances.";
    ErrorResponse::new(400, "request_invalid_for_environment", message)
}

fn check_name(call: &Call<'_>) -> Result<(), ErrorResponse> {
    let is_allowed = |it: u8| it.is_ascii_alphanumeric() || b".:-".contains(&it);
    match call.get("name").and_then(Value::as_str) {
        Some(name) if name.is_empty() || !name.bytes().all(is_allowed) => {
            let message = "A name is a host, which a port may follow.";
            Err(ErrorResponse::param(
                "form_param_format_invalid",
                "name",
                message,
            ))
        }
        _ => Ok(()),
    }
}

fn delete(call: &mut Call<'_>) -> CallResult {
    let id = changes::record_id(call, &DOMAIN)?;
    if !call.instance.find(&DOMAIN, &id)?.is("is_satellite") {
        let message = "The primary domain cannot be deleted.";
        let code = "operation_not_allowed_on_primary_domain";
        return Err(ErrorResponse::new(403, code, message));
    }
    changes::remove(call, &DOMAIN, &id)
}
