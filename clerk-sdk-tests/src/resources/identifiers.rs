//! A user's email addresses and phone numbers: validation, lookup and the objects that represent them.

use serde_json::{Value, json};

use crate::state::clock::now_ms;
use crate::state::ids::new_id;

/// Returns the name of the list that holds identifiers of a kind: `email_address` or `phone_number`.
pub(crate) fn list_name(kind: &str) -> &'static str {
    match kind {
        "email_address" => "email_addresses",
        _ => "phone_numbers",
    }
}

/// Returns the values of a user's identifiers of a kind.
pub(crate) fn identifier_values<'u>(user: &'u Value, kind: &str) -> Vec<&'u str> {
    let items = user[list_name(kind)].as_array().into_iter().flatten();
    items.filter_map(|item| item[kind].as_str()).collect()
}

pub(crate) fn new_identifier(kind: &str, value: &str, reserved: bool) -> Value {
    let verification = json!({
        "object": "verification_admin", "status": "verified", "strategy": "admin",
        "attempts": null, "expire_at": null,
    });
    let mut identifier = json!({
        "id": new_id("idn"), "object": kind, "reserved": reserved, "linked_to": [],
        "verification": if reserved { Value::Null } else { verification },
        "created_at": now_ms(), "updated_at": now_ms(),
    });
    identifier[kind] = value.into();
    if kind == "phone_number" {
        identifier["reserved_for_second_factor"] = false.into();
        identifier["default_second_factor"] = false.into();
        identifier["backup_codes"] = Value::Null;
    }
    identifier
}

pub(crate) fn is_email_address(value: &str) -> bool {
    let is_printable = !value.contains(|it: char| it.is_whitespace() || it.is_control());
    let parts = value.split_once('@');
    is_printable && parts.is_some_and(|(local, domain)| !local.is_empty() && is_domain(domain))
}

fn is_domain(value: &str) -> bool {
    value.contains('.') && !value.contains('@') && value.split('.').all(|label| !label.is_empty())
}

pub(crate) fn is_phone_number(value: &str) -> bool {
    let digits = value.strip_prefix('+').unwrap_or_default();
    (7..=15).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit())
}
