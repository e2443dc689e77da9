//! Domains of organizations, by which their members are recognized.

use serde_json::json;

use super::organization_checks::parent_id;
use crate::http::query::matches_signed;
use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::table::{Operations, delete, rule};
use crate::resources::{changes, listing};
use crate::store::instance::Instance;
use crate::store::record::Record;
use crate::tables::organization_domains::DOMAIN;
use crate::tables::settings::ORGANIZATIONS;

/// Domains whose addresses anybody can get.
const COMMON: [&str; 12] = [
    "aol.com",
    "gmail.com",
    "gmx.com",
    "gmx.de",
    "googlemail.com",
    "hotmail.com",
    "icloud.com",
    "live.com",
    "mail.com",
    "outlook.com",
    "proton.me",
    "yahoo.com",
];

pub(super) const OPERATIONS: &Operations = &[
    ("ListAllOrganizationDomains", rule(list_all)),
    ("ListOrganizationDomains", rule(list_of_organization)),
    ("CreateOrganizationDomain", rule(create)),
    ("UpdateOrganizationDomain", rule(update)),
    ("DeleteOrganizationDomain", delete(&DOMAIN)),
    ("VerifyOrganizationDomainOwnership", rule(verify_ownership)),
];

/// The filters of a list.
struct Filters {
    verified: Option<bool>,
    modes: Vec<String>,
    names: Vec<String>,
    text: String,
}

impl Filters {
    fn new(call: &Call<'_>) -> Result<Self, ErrorResponse> {
        let values = |name| {
            let values = call.request.query_values(name);
            let values = values.iter().flat_map(|it| it.split(','));
            values
                .map(|it| it.trim().to_lowercase())
                .collect::<Vec<_>>()
        };
        let verified = call.query("verified").map(|it| it == "true");
        let text = call.query("query");
        if text.as_deref().is_some_and(|it| it.trim().is_empty()) {
            let message = "The parameter \"query\" must not be blank.";
            return Err(ErrorResponse::param(
                "form_param_value_invalid",
                "query",
                message,
            ));
        }
        Ok(Self {
            verified,
            modes: values("enrollment_mode"),
            names: values("domains"),
            text: text.unwrap_or_default().to_lowercase(),
        })
    }

    fn is_empty(&self) -> bool {
        self.verified.is_none()
            && self.modes.is_empty()
            && self.names.is_empty()
            && self.text.is_empty()
    }

    fn matches(&self, record: &Record) -> bool {
        let is_verified = record.i64("verified_at").is_some();
        let mode = record.str("enrollment_mode");
        let has_text = match self.text.starts_with("org_") {
            true => record
                .str("organization_id")
                .eq_ignore_ascii_case(&self.text),
            false => record.str("name").contains(&self.text),
        };
        self.verified.is_none_or(|it| it == is_verified)
            && (self.names.is_empty() || self.names.iter().any(|it| it == record.str("name")))
            && matches_signed(&self.modes, |it| it == mode)
            && has_text
    }
}

fn list_all(call: &mut Call<'_>) -> CallResult {
    let filters = Filters::new(call)?;
    if filters.is_empty() {
        return listing::list(call, &DOMAIN);
    }
    listing::list_where(call, &DOMAIN, |record| filters.matches(record))
}

fn list_of_organization(call: &mut Call<'_>) -> CallResult {
    parent_id(call)?;
    list_all(call)
}

fn create(call: &mut Call<'_>) -> CallResult {
    let organization_id = parent_id(call)?;
    let mut record = changes::new_record(call, &DOMAIN)?;
    let Some(name) = call.text("name") else {
        let message = "The parameter \"name\" is missing.";
        return Err(ErrorResponse::param("form_param_missing", "name", message));
    };
    let name = name.to_lowercase();
    check_name(&name)?;
    let domains = call.instance.all(&DOMAIN);
    let limit = ORGANIZATIONS.get(call.instance, "max_allowed_domains");
    let count = domains.count_with("organization_id", &organization_id);
    if limit.as_u64().is_some_and(|it| count as u64 >= it) {
        let message = format!("An organization may have at most {limit} domains.");
        let code = "organization_domain_quota_exceeded";
        return Err(ErrorResponse::new(403, code, message));
    }
    let is_taken = domains
        .with("name", &name)
        .any(|it| it.str("organization_id") == organization_id || it.i64("verified_at").is_some());
    if is_taken {
        return Err(taken(&name));
    }
    record.set("name", name);
    if call.text("enrollment_mode").is_none() {
        record.set("enrollment_mode", "manual_invitation");
    }
    check_mode(call)?;
    if call.flag("verified").unwrap_or(true) {
        record.set("verified_at", record.created_at);
    }
    changes::insert(call, &DOMAIN, record)
}

fn taken(name: &str) -> ErrorResponse {
    let message = format!("The domain {name:?} belongs to an organization already.");
    ErrorResponse::param("organization_domain_already_exists", "name", message)
}

fn check_name(name: &str) -> Result<(), ErrorResponse> {
    let is_allowed = |it: u8| it.is_ascii_alphanumeric() || it == b'-' || it == b'.';
    let parts = name.split('.');
    let is_name = parts.clone().count() > 1 && parts.clone().all(|it| !it.is_empty());
    if !is_name || !name.bytes().all(is_allowed) {
        let message = "The domain name is invalid.";
        return Err(ErrorResponse::param(
            "form_param_format_invalid",
            "name",
            message,
        ));
    }
    if COMMON.contains(&name) {
        let message = "Anybody can get an address of this domain.";
        return Err(ErrorResponse::param(
            "organization_domain_common",
            "name",
            message,
        ));
    }
    Ok(())
}

/// Checks that the mode of the body exists, and that the settings allow it.
fn check_mode(call: &Call<'_>) -> Result<(), ErrorResponse> {
    let Some(mode) = call.text("enrollment_mode") else {
        return Ok(());
    };
    let modes = ORGANIZATIONS.get(call.instance, "domains_enrollment_modes");
    let is_enabled = modes.as_array().is_some_and(|it| it.contains(&json!(mode)));
    match mode.as_str() {
        // Manual invitations need no setting, and enterprise connections have their own.
        "manual_invitation" | "enterprise_sso" => Ok(()),
        _ if is_enabled => Ok(()),
        "automatic_invitation" | "automatic_suggestion" => Err(ErrorResponse::new(
            403,
            "organization_domain_enrollment_mode_not_enabled",
            "The enrollment mode is not enabled in the settings of the instance.",
        )),
        _ => {
            let message = "There is no such enrollment mode.";
            let code = "form_param_value_invalid";
            Err(ErrorResponse::param(code, "enrollment_mode", message))
        }
    }
}

fn update(call: &mut Call<'_>) -> CallResult {
    check_mode(call)?;
    let id = changes::record_id(call, &DOMAIN)?;
    let mut record = call.instance.find(&DOMAIN, &id)?.clone();
    changes::apply_body(call, &mut record)?;
    match call.flag("verified") {
        Some(true) if record.i64("verified_at").is_none() => {
            let mut others = call.instance.all(&DOMAIN).with("name", record.str("name"));
            if others.any(|it| it.i64("verified_at").is_some()) {
                return Err(taken(record.str("name")));
            }
            record.set("verified_at", call.instance.now());
        }
        Some(false) => drop(record.remove("verified_at")),
        _ => {}
    }
    changes::save(call, &DOMAIN, record)
}

fn verify_ownership(call: &mut Call<'_>) -> CallResult {
    let (organization_id, id) = (call.path_param(0), call.path_param(1));
    let mut record = call.instance.find(&DOMAIN, &id)?.clone();
    if record.str("organization_id") != organization_id {
        return Err(ErrorResponse::not_found(&DOMAIN.title(), &id));
    }
    if record.i64("ownership_verified_at").is_some() {
        return changes::get(call, &DOMAIN);
    }
    record.set("ownership_verified_at", call.instance.now());
    changes::save(call, &DOMAIN, record)
}

/// Returns the ids of the verified domains with a name.
pub(super) fn verified(instance: &Instance, name: &str) -> Vec<String> {
    let domains = instance.all(&DOMAIN).with("name", name);
    let verified = domains.filter(|it| it.i64("verified_at").is_some());
    verified.map(|it| it.id.to_string()).collect()
}

/// Removes a domain in whose place an enterprise connection comes, and announces that.
pub(super) fn remove(call: &mut Call<'_>, id: &str) -> Result<(), ErrorResponse> {
    changes::remove(call, &DOMAIN, id)?;
    Ok(())
}
