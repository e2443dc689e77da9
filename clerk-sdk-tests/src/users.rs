//! Users: made, found, changed, banned, deleted.

use serde_json::{Map, Value, json};

use crate::answer::{Answer, Failure};
use crate::fields::{
    Field, copy, copy_instants, copy_values, flag, instant, integer, object, strings, text, texts,
};
use crate::ids::{id, now};
use crate::metadata;
use crate::paging::{number, order, page};
use crate::request::RecordedRequest;
use crate::state::{State, deleted, find, find_mut, refuse_taken, set_image, take};
use crate::user_filter::{UserFilter, contacts};

const CREATE: [Field; 30] = [
    text("external_id").or_null(),
    text("first_name").or_null(),
    text("last_name").or_null(),
    text("locale").or_null(),
    texts("email_address"),
    texts("email_address_identification_status"),
    texts("phone_number"),
    texts("phone_number_identification_status"),
    texts("web3_wallet"),
    text("username").or_null(),
    text("password").or_null(),
    text("password_digest").or_null(),
    text("password_hasher"),
    flag("skip_password_checks").or_null(),
    flag("skip_password_requirement").or_null(),
    text("totp_secret").or_null(),
    texts("backup_codes"),
    object("public_metadata"),
    object("private_metadata"),
    object("unsafe_metadata"),
    flag("delete_self_enabled").or_null(),
    instant("legal_accepted_at").or_null(),
    flag("skip_legal_checks").or_null(),
    flag("skip_user_requirement").or_null(),
    flag("create_organization_enabled").or_null(),
    integer("create_organizations_limit").or_null(),
    instant("created_at").or_null(),
    flag("bypass_client_trust").or_null(),
    flag("banned").or_null(),
    flag("locked").or_null(),
];

/// No metadata: since 2026-05-12 that has operations of its own.
const UPDATE: [Field; 24] = [
    text("external_id").or_null(),
    text("first_name").or_null(),
    text("last_name").or_null(),
    text("locale").or_null(),
    text("primary_email_address_id").or_null(),
    flag("notify_primary_email_address_changed").or_null(),
    text("primary_phone_number_id").or_null(),
    text("primary_web3_wallet_id").or_null(),
    text("username").or_null(),
    text("profile_image_id").or_null(),
    text("password").or_null(),
    text("password_digest"),
    text("password_hasher"),
    flag("skip_password_checks").or_null(),
    flag("sign_out_of_other_sessions").or_null(),
    text("totp_secret").or_null(),
    texts("backup_codes"),
    flag("delete_self_enabled").or_null(),
    flag("create_organization_enabled").or_null(),
    instant("legal_accepted_at").or_null(),
    flag("skip_legal_checks").or_null(),
    integer("create_organizations_limit").or_null(),
    instant("created_at").or_null(),
    flag("bypass_client_trust").or_null(),
];

/// What null clears.
const CLEARED: [&str; 6] = [
    "external_id",
    "first_name",
    "last_name",
    "locale",
    "username",
    "create_organizations_limit",
];

const FLAGS: [&str; 5] = [
    "delete_self_enabled",
    "create_organization_enabled",
    "bypass_client_trust",
    "banned",
    "locked",
];

const ORDERS: [(&str, &str); 10] = [
    ("created_at", "/created_at"),
    ("updated_at", "/updated_at"),
    ("email_address", "/email_addresses/0/email_address"),
    ("web3wallet", "/web3_wallets/0/web3_wallet"),
    ("first_name", "/first_name"),
    ("last_name", "/last_name"),
    ("phone_number", "/phone_numbers/0/phone_number"),
    ("username", "/username"),
    ("last_active_at", "/last_active_at"),
    ("last_sign_in_at", "/last_sign_in_at"),
];

pub(crate) fn create(state: &mut State, request: &RecordedRequest) -> Answer {
    let body = request.object(&CREATE)?;
    let mut user = blank();
    add_contacts(state, &mut user, &body, "email_address", is_email)?;
    add_contacts(state, &mut user, &body, "phone_number", is_phone)?;
    metadata::replace(&mut user, &body);
    apply(state, &mut user, &body)?;
    state.users.push(user.clone());
    Ok(user)
}

/// Puts the addresses or numbers of a new user in; the first is the primary one.
fn add_contacts(
    state: &State,
    user: &mut Value,
    body: &Map<String, Value>,
    kind: &str,
    is_valid: fn(&str) -> bool,
) -> Result<(), Failure> {
    let statuses = strings(body, &format!("{kind}_identification_status"));
    let mut all = Vec::new();
    for (place, value) in strings(body, kind).into_iter().enumerate() {
        if !is_valid(value) {
            let message = "this is not written as such";
            return Err(Failure::param("form_param_format_invalid", kind, message));
        }
        refuse_taken(&state.users, "", kind, |other| {
            contacts(other, kind)
                .iter()
                .any(|it| it.eq_ignore_ascii_case(value))
        })?;
        let reserved = statuses.get(place) == Some(&"reserved");
        all.push(contact(kind, value, reserved));
    }
    if let Some(first) = all.first() {
        user[format!("primary_{kind}_id")] = first["id"].clone();
    }
    let list = match kind {
        "email_address" => "email_addresses",
        _ => "phone_numbers",
    };
    user[list] = all.into();
    Ok(())
}

pub(crate) fn is_email(text: &str) -> bool {
    let plain = !text.contains(|it: char| it.is_whitespace() || it.is_control());
    let parts = text.split_once('@');
    plain && parts.is_some_and(|(name, host)| !name.is_empty() && is_host(host))
}

fn is_host(text: &str) -> bool {
    text.contains('.') && !text.contains('@') && text.split('.').all(|label| !label.is_empty())
}

fn is_phone(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or_default();
    (7..=15).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit())
}

fn contact(kind: &str, value: &str, reserved: bool) -> Value {
    let verification = json!({
        "object": "verification_admin", "status": "verified", "strategy": "admin",
        "attempts": null, "expire_at": null,
    });
    let mut contact = json!({
        "id": id("idn"), "object": kind, "reserved": reserved, "linked_to": [],
        "verification": if reserved { Value::Null } else { verification },
        "created_at": now(), "updated_at": now(),
    });
    contact[kind] = value.into();
    if kind == "phone_number" {
        contact["reserved_for_second_factor"] = false.into();
        contact["default_second_factor"] = false.into();
        contact["backup_codes"] = Value::Null;
    }
    contact
}

/// A user of whom nothing is known.
pub(crate) fn blank() -> Value {
    let mut user = json!({
        "id": id("user"), "object": "user", "external_id": null, "first_name": null,
        "last_name": null, "locale": null, "username": null,
        "primary_email_address_id": null, "primary_phone_number_id": null,
        "primary_web3_wallet_id": null, "public_metadata": {}, "private_metadata": {},
        "unsafe_metadata": {}, "email_addresses": [], "phone_numbers": [], "web3_wallets": [],
        "passkeys": [], "password_enabled": false, "password_last_updated_at": null,
        "two_factor_enabled": false, "totp_enabled": false, "backup_code_enabled": false,
        "mfa_enabled_at": null, "mfa_disabled_at": null, "external_accounts": [],
        "saml_accounts": [], "enterprise_accounts": [], "last_sign_in_at": null, "banned": false,
        "locked": false, "deprovisioned": false, "lockout_expires_in_seconds": null,
        "verification_attempts_remaining": 100, "delete_self_enabled": true,
        "create_organization_enabled": true, "create_organizations_limit": null,
        "last_active_at": null, "legal_accepted_at": null, "bypass_client_trust": false,
        "created_at": now(), "updated_at": now(),
    });
    show_image(&mut user, false);
    user
}

fn show_image(user: &mut Value, there: bool) {
    set_image(user, there);
    user["profile_image_url"] = user["image_url"].clone();
}

/// Writes what a body sets into a user, new or old.
fn apply(state: &State, user: &mut Value, body: &Map<String, Value>) -> Result<(), Failure> {
    let own_id = user["id"].as_str().unwrap_or_default();
    for name in ["username", "external_id"] {
        let value = body.get(name).and_then(Value::as_str).unwrap_or_default();
        if !value.is_empty() {
            refuse_taken(&state.users, own_id, name, |other| other[name] == value)?;
        }
    }
    copy(user, body, &CLEARED);
    if user["username"] == "" {
        user["username"] = Value::Null;
    }
    copy_values(user, body, &FLAGS);
    copy_instants(user, body, &["created_at", "legal_accepted_at"]);
    let has = |name: &str| body.get(name).is_some_and(Value::is_string);
    if has("password") || has("password_digest") {
        user["password_enabled"] = true.into();
        user["password_last_updated_at"] = now().into();
    }
    if has("totp_secret") {
        user["totp_enabled"] = true.into();
        user["two_factor_enabled"] = true.into();
    }
    if !strings(body, "backup_codes").is_empty() {
        user["backup_code_enabled"] = true.into();
    }
    user["updated_at"] = now().into();
    Ok(())
}

pub(crate) fn update(state: &mut State, user_id: &str, request: &RecordedRequest) -> Answer {
    let body = request.object(&UPDATE)?;
    let mut user = find(&state.users, user_id, "user")?.clone();
    for (name, list) in [
        ("primary_email_address_id", "email_addresses"),
        ("primary_phone_number_id", "phone_numbers"),
        ("primary_web3_wallet_id", "web3_wallets"),
    ] {
        if let Some(value) = body.get(name).filter(|value| !value.is_null()) {
            let own = user[list].as_array().into_iter().flatten();
            if !own.into_iter().any(|item| item["id"] == *value) {
                return Err(Failure::not_found("identification"));
            }
        }
        copy(&mut user, &body, &[name]);
    }
    apply(state, &mut user, &body)?;
    *find_mut(&mut state.users, user_id, "user")? = user.clone();
    Ok(user)
}

pub(crate) fn list(state: &State, request: &RecordedRequest) -> Answer {
    let filter = UserFilter::of(request)?;
    let mut users = state.users.clone();
    order(request, &mut users, &ORDERS)?;
    if let Some(last) = request.one("starting_after") {
        drop_through(request, &mut users, &last)?;
    }
    users.retain(|user| filter.keeps(state, user));
    Ok(Value::Array(page(request, users)?))
}

/// Leaves the users that follow the last one of the page before.
fn drop_through(
    request: &RecordedRequest,
    users: &mut Vec<Value>,
    last: &str,
) -> Result<(), Failure> {
    let refuse = |message| Failure::param("form_param_value_invalid", "starting_after", message);
    let asked = request.one("order_by").unwrap_or_default();
    if !asked.is_empty() && asked.trim_start_matches(['+', '-']) != "created_at" {
        return Err(refuse("a cursor goes with an order by created_at alone"));
    }
    if number(request, "offset", 0, 0..=usize::MAX)? != 0 {
        return Err(refuse("a cursor does not go with an offset"));
    }
    let place = users.iter().position(|user| user["id"] == last);
    let place = place.ok_or_else(|| refuse("there is no such user"))?;
    users.drain(..=place);
    Ok(())
}

pub(crate) fn count(state: &State, request: &RecordedRequest) -> Answer {
    let filter = UserFilter::of(request)?;
    let kept = state.users.iter().filter(|user| filter.keeps(state, user));
    Ok(json!({ "object": "total_count", "total_count": kept.count() }))
}

pub(crate) fn get(state: &State, user_id: &str) -> Answer {
    find(&state.users, user_id, "user").cloned()
}

pub(crate) fn delete(state: &mut State, user_id: &str) -> Answer {
    let user = take(&mut state.users, user_id, "user")?;
    state.memberships.retain(|it| it["user_id"] != user_id);
    let mut answer = deleted("user", user_id);
    if user["external_id"].is_string() {
        answer["external_id"] = user["external_id"].clone();
    }
    Ok(answer)
}

pub(crate) fn change_metadata(
    state: &mut State,
    user_id: &str,
    request: &RecordedRequest,
) -> Answer {
    let body = request.object(&metadata::USER)?;
    let user = find_mut(&mut state.users, user_id, "user")?;
    Ok(metadata::change(user, &body, &request.method))
}

pub(crate) fn set_banned(state: &mut State, user_id: &str, banned: bool) -> Answer {
    let user = find_mut(&mut state.users, user_id, "user")?;
    user["banned"] = banned.into();
    user["updated_at"] = now().into();
    Ok(user.clone())
}

pub(crate) fn set_locked(state: &mut State, user_id: &str, locked: bool) -> Answer {
    let user = find_mut(&mut state.users, user_id, "user")?;
    user["locked"] = locked.into();
    user["lockout_expires_in_seconds"] = if locked { json!(3600) } else { Value::Null };
    user["verification_attempts_remaining"] = if locked { 0 } else { 100 }.into();
    user["updated_at"] = now().into();
    Ok(user.clone())
}

/// Notes that a user has an image now, or has none.
pub(crate) fn set_profile_image(state: &mut State, user_id: &str, there: bool) -> Answer {
    let user = find_mut(&mut state.users, user_id, "user")?;
    show_image(user, there);
    user["updated_at"] = now().into();
    Ok(user.clone())
}
