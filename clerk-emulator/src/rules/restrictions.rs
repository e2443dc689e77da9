//! Who may sign up: the allowlist, the blocklist and the restrictions of email addresses.

use serde_json::json;

use crate::http::response::ErrorResponse;
use crate::resources::resource::Resource;
use crate::store::instance::Instance;
use crate::tables::contact_format::is_for_tests;
use crate::tables::identifier_lists::{ALLOWLIST_IDENTIFIER, BLOCKLIST_IDENTIFIER};
use crate::tables::settings::RESTRICTIONS;

/// Refuses someone who signs up and is not on the allowlist, is on the blocklist, or has an address that is not accepted.
pub(super) fn require_sign_up_allowed(
    instance: &Instance,
    identifier: &str,
) -> Result<(), ErrorResponse> {
    require_not_blocked(instance, identifier)?;
    let is_on_allowlist = is_listed(instance, &ALLOWLIST_IDENTIFIER, identifier);
    if RESTRICTIONS.is(instance, "allowlist") && !is_on_allowlist {
        return Err(refused(identifier));
    }
    let local = identifier.split_once('@').map(|(local, _)| local);
    let is_subaddress = local.is_some_and(|it| it.contains(['+', '=', '#']));
    if RESTRICTIONS.is(instance, "block_email_subaddresses")
        && is_subaddress
        && !is_for_tests(identifier)
    {
        return Err(refused(identifier));
    }
    Ok(())
}

/// Refuses someone who is on the blocklist. Invited people need not be on the allowlist, whose entries take precedence.
pub(super) fn require_not_blocked(
    instance: &Instance,
    identifier: &str,
) -> Result<(), ErrorResponse> {
    let is_allowed = RESTRICTIONS.is(instance, "allowlist")
        && is_listed(instance, &ALLOWLIST_IDENTIFIER, identifier);
    let is_blocked = RESTRICTIONS.is(instance, "blocklist")
        && is_listed(instance, &BLOCKLIST_IDENTIFIER, identifier);
    match is_blocked && !is_allowed {
        true => Err(refused(identifier)),
        false => Ok(()),
    }
}

/// Returns whether a list has an identifier, or the wildcard for all addresses of its domain.
fn is_listed(instance: &Instance, list: &Resource, identifier: &str) -> bool {
    let has = |entry: &str| {
        instance
            .all(list)
            .with("identifier", entry)
            .next()
            .is_some()
    };
    let domain = identifier.split_once('@').map(|(_, domain)| domain);
    has(identifier) || domain.is_some_and(|it| has(&format!("*@{it}")))
}

fn refused(identifier: &str) -> ErrorResponse {
    let message = format!("{identifier:?} is not allowed to access this application.");
    let error = ErrorResponse::new(403, "not_allowed_access", message);
    error.with_meta("identifiers", json!([identifier]))
}
