//! The allowlist and the blocklist: email addresses, phone numbers and wallets that may or may not sign up.

use serde_json::{Map, Value, json};

use super::invitations;
use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::changes::{ensure_unique, insert, new_record};
use crate::resources::resource::Resource;
use crate::resources::table::{Operations, delete, list, rule};
use crate::store::record::Record;
use crate::tables::contact_format::{is_email_address, is_phone_number, is_wallet};
use crate::tables::identifier_lists::{ALLOWLIST_IDENTIFIER, BLOCKLIST_IDENTIFIER};

pub(super) const OPERATIONS: &Operations = &[
    ("ListAllowlistIdentifiers", list(&ALLOWLIST_IDENTIFIER)),
    ("CreateAllowlistIdentifier", rule(allow)),
    ("DeleteAllowlistIdentifier", delete(&ALLOWLIST_IDENTIFIER)),
    ("ListBlocklistIdentifiers", list(&BLOCKLIST_IDENTIFIER)),
    (
        "CreateBlocklistIdentifier",
        rule(|call| create(call, &BLOCKLIST_IDENTIFIER)),
    ),
    ("DeleteBlocklistIdentifier", delete(&BLOCKLIST_IDENTIFIER)),
];

/// Adds an identifier to the allowlist, and invites the person if the body says so.
fn allow(call: &mut Call<'_>) -> CallResult {
    let is_address = call
        .text("identifier")
        .is_some_and(|it| is_email_address(&it));
    if call.flag("notify") != Some(true) || !is_address {
        return create(call, &ALLOWLIST_IDENTIFIER);
    }
    let mut record = new_record(call, &ALLOWLIST_IDENTIFIER)?;
    set_type(call, &mut record)?;
    ensure_unique(call.instance, &ALLOWLIST_IDENTIFIER, &record)?;
    let mut body = Map::new();
    body.insert("email_address".to_owned(), json!(record.str("identifier")));
    let invitation = invitations::new_invitation(call.instance, &body, false)?;
    record.set("invitation_id", &*invitation.id);
    invitations::add(call, invitation, &body);
    insert(call, &ALLOWLIST_IDENTIFIER, record)
}

fn create(call: &mut Call<'_>, resource: &Resource) -> CallResult {
    let mut record = new_record(call, resource)?;
    set_type(call, &mut record)?;
    insert(call, resource, record)
}

/// Sets the type of an identifier. An email address may have a wildcard: `*@example.com`.
fn set_type(call: &Call<'_>, record: &mut Record) -> Result<(), ErrorResponse> {
    let identifier = call.text("identifier").unwrap_or_default();
    let identifier = identifier.trim().to_lowercase();
    let kind = if is_email_address(&identifier) {
        "email_address"
    } else if is_phone_number(&identifier) {
        "phone_number"
    } else if is_wallet(&identifier) {
        "web3_wallet"
    } else {
        let message = "The identifier is no email address, phone number or wallet.";
        let code = "form_param_format_invalid";
        return Err(ErrorResponse::param(code, "identifier", message));
    };
    record.set("identifier", Value::String(identifier));
    record.set("identifier_type", kind);
    Ok(())
}
