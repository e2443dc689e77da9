//! Users: create, list, count, get, update, delete, ban, lock, metadata and profile images.

use serde_json::{Map, Value, json};

use crate::http::body_fields::{
    Field, boolean, integer, object, string, string_list, string_value, string_values, timestamp,
};
use crate::http::request::RecordedRequest;
use crate::http::response::{ErrorResponse, HandlerResult};
use crate::resources::copy_fields::{copy_fields, copy_non_null, copy_timestamps};
use crate::resources::deletion::deleted_object;
use crate::resources::identifiers::{
    identifier_values, is_email_address, is_phone_number, list_name, new_identifier,
};
use crate::resources::image::set_image;
use crate::resources::metadata;
use crate::resources::pagination::{offset, page};
use crate::resources::sorting::sort_by_query;
use crate::resources::user_filter::UserFilter;
use crate::state::clock::now_ms;
use crate::state::collection::{ensure_unique, find, find_mut, remove};
use crate::state::ids::new_id;
use crate::state::instance::Instance;

const CREATE: [Field; 30] = [
    string("external_id").nullable(),
    string("first_name").nullable(),
    string("last_name").nullable(),
    string("locale").nullable(),
    string_list("email_address"),
    string_list("email_address_identification_status"),
    string_list("phone_number"),
    string_list("phone_number_identification_status"),
    string_list("web3_wallet"),
    string("username").nullable(),
    string("password").nullable(),
    string("password_digest").nullable(),
    string("password_hasher"),
    boolean("skip_password_checks").nullable(),
    boolean("skip_password_requirement").nullable(),
    string("totp_secret").nullable(),
    string_list("backup_codes"),
    object("public_metadata"),
    object("private_metadata"),
    object("unsafe_metadata"),
    boolean("delete_self_enabled").nullable(),
    timestamp("legal_accepted_at").nullable(),
    boolean("skip_legal_checks").nullable(),
    boolean("skip_user_requirement").nullable(),
    boolean("create_organization_enabled").nullable(),
    integer("create_organizations_limit").nullable(),
    timestamp("created_at").nullable(),
    boolean("bypass_client_trust").nullable(),
    boolean("banned").nullable(),
    boolean("locked").nullable(),
];

/// Updates take no metadata: since API version 2026-05-12 it has its own operations.
const UPDATE: [Field; 24] = [
    string("external_id").nullable(),
    string("first_name").nullable(),
    string("last_name").nullable(),
    string("locale").nullable(),
    string("primary_email_address_id").nullable(),
    boolean("notify_primary_email_address_changed").nullable(),
    string("primary_phone_number_id").nullable(),
    string("primary_web3_wallet_id").nullable(),
    string("username").nullable(),
    string("profile_image_id").nullable(),
    string("password").nullable(),
    string("password_digest"),
    string("password_hasher"),
    boolean("skip_password_checks").nullable(),
    boolean("sign_out_of_other_sessions").nullable(),
    string("totp_secret").nullable(),
    string_list("backup_codes"),
    boolean("delete_self_enabled").nullable(),
    boolean("create_organization_enabled").nullable(),
    timestamp("legal_accepted_at").nullable(),
    boolean("skip_legal_checks").nullable(),
    integer("create_organizations_limit").nullable(),
    timestamp("created_at").nullable(),
    boolean("bypass_client_trust").nullable(),
];

/// Fields that null clears.
const NULLABLE: [&str; 6] = [
    "external_id",
    "first_name",
    "last_name",
    "locale",
    "username",
    "create_organizations_limit",
];

/// Boolean fields; null keeps their value.
const BOOLEANS: [&str; 5] = [
    "delete_self_enabled",
    "create_organization_enabled",
    "bypass_client_trust",
    "banned",
    "locked",
];

/// The names that `order_by` accepts, and the JSON pointers of their values.
const SORT_FIELDS: [(&str, &str); 10] = [
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

pub(crate) fn create(instance: &mut Instance, request: &RecordedRequest) -> HandlerResult {
    let body = request.json_object(&CREATE)?;
    let mut user = new_user();
    add_identifiers(
        instance,
        &mut user,
        &body,
        "email_address",
        is_email_address,
    )?;
    add_identifiers(instance, &mut user, &body, "phone_number", is_phone_number)?;
    metadata::replace(&mut user, &body);
    apply_body(instance, &mut user, &body)?;
    instance.users.push(user.clone());
    Ok(user)
}

/// Adds the email addresses or phone numbers of a new user. The first one becomes the primary one.
fn add_identifiers(
    instance: &Instance,
    user: &mut Value,
    body: &Map<String, Value>,
    kind: &str,
    is_valid: fn(&str) -> bool,
) -> Result<(), ErrorResponse> {
    let statuses = string_values(body, &format!("{kind}_identification_status"));
    let mut identifiers = Vec::new();
    for (index, value) in string_values(body, kind).into_iter().enumerate() {
        if !is_valid(value) {
            let (code, message) = (
                "form_param_format_invalid",
                "the value has an invalid format",
            );
            return Err(ErrorResponse::param(code, kind, message));
        }
        ensure_unique(&instance.users, "", kind, |other| {
            identifier_values(other, kind)
                .iter()
                .any(|it| it.eq_ignore_ascii_case(value))
        })?;
        let reserved = statuses.get(index) == Some(&"reserved");
        identifiers.push(new_identifier(kind, value, reserved));
    }
    if let Some(first) = identifiers.first() {
        user[format!("primary_{kind}_id")] = first["id"].clone();
    }
    user[list_name(kind)] = identifiers.into();
    Ok(())
}

/// Returns a new user without any optional data.
pub(crate) fn new_user() -> Value {
    let mut user = json!({
        "id": new_id("user"), "object": "user", "external_id": null, "first_name": null,
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
        "created_at": now_ms(), "updated_at": now_ms(),
    });
    set_user_image(&mut user, false);
    user
}

/// Sets the image of a user, including the deprecated field for its URL.
fn set_user_image(user: &mut Value, has_image: bool) {
    set_image(user, has_image);
    user["profile_image_url"] = user["image_url"].clone();
}

/// Applies the body of a request that creates or updates a user.
fn apply_body(
    instance: &Instance,
    user: &mut Value,
    body: &Map<String, Value>,
) -> Result<(), ErrorResponse> {
    let own_id = user["id"].as_str().unwrap_or_default();
    for name in ["username", "external_id"] {
        let value = string_value(body, name);
        if !value.is_empty() {
            ensure_unique(&instance.users, own_id, name, |other| other[name] == value)?;
        }
    }
    copy_fields(user, body, &NULLABLE);
    if user["username"] == "" {
        user["username"] = Value::Null;
    }
    copy_non_null(user, body, &BOOLEANS);
    copy_timestamps(user, body, &["created_at", "legal_accepted_at"]);
    let has_string = |name: &str| body.get(name).is_some_and(Value::is_string);
    if has_string("password") || has_string("password_digest") {
        user["password_enabled"] = true.into();
        user["password_last_updated_at"] = now_ms().into();
    }
    if has_string("totp_secret") {
        user["totp_enabled"] = true.into();
        user["two_factor_enabled"] = true.into();
    }
    if !string_values(body, "backup_codes").is_empty() {
        user["backup_code_enabled"] = true.into();
    }
    user["updated_at"] = now_ms().into();
    Ok(())
}

pub(crate) fn update(
    instance: &mut Instance,
    user_id: &str,
    request: &RecordedRequest,
) -> HandlerResult {
    let body = request.json_object(&UPDATE)?;
    let mut user = find(&instance.users, user_id, "user")?.clone();
    for (name, list) in [
        ("primary_email_address_id", "email_addresses"),
        ("primary_phone_number_id", "phone_numbers"),
        ("primary_web3_wallet_id", "web3_wallets"),
    ] {
        if let Some(value) = body.get(name).filter(|value| !value.is_null()) {
            let mut identifiers = user[list].as_array().into_iter().flatten();
            if !identifiers.any(|item| item["id"] == *value) {
                return Err(ErrorResponse::not_found("identification"));
            }
        }
        copy_fields(&mut user, &body, &[name]);
    }
    apply_body(instance, &mut user, &body)?;
    *find_mut(&mut instance.users, user_id, "user")? = user.clone();
    Ok(user)
}

pub(crate) fn list(instance: &Instance, request: &RecordedRequest) -> HandlerResult {
    let filter = UserFilter::from_request(request)?;
    let mut users = instance.users.clone();
    sort_by_query(request, &mut users, &SORT_FIELDS)?;
    if let Some(last) = request.query_value("starting_after") {
        remove_through(request, &mut users, &last)?;
    }
    users.retain(|user| filter.matches(instance, user));
    Ok(Value::Array(page(request, users)?))
}

/// Removes the users up to and including `last`, the last user of the previous page.
fn remove_through(
    request: &RecordedRequest,
    users: &mut Vec<Value>,
    last: &str,
) -> Result<(), ErrorResponse> {
    let invalid = |message| {
        let code = "form_param_value_invalid";
        ErrorResponse::param(code, "starting_after", message)
    };
    let order_by = request.query_value("order_by").unwrap_or_default();
    if !order_by.is_empty() && order_by.trim_start_matches(['+', '-']) != "created_at" {
        return Err(invalid("a cursor requires sorting by created_at"));
    }
    if offset(request)? != 0 {
        return Err(invalid("a cursor cannot be combined with an offset"));
    }
    let index = users.iter().position(|user| user["id"] == last);
    let index = index.ok_or_else(|| invalid("user not found"))?;
    users.drain(..=index);
    Ok(())
}

pub(crate) fn count(instance: &Instance, request: &RecordedRequest) -> HandlerResult {
    let filter = UserFilter::from_request(request)?;
    let users = instance.users.iter();
    let count = users.filter(|user| filter.matches(instance, user)).count();
    Ok(json!({ "object": "total_count", "total_count": count }))
}

pub(crate) fn get(instance: &Instance, user_id: &str) -> HandlerResult {
    find(&instance.users, user_id, "user").cloned()
}

pub(crate) fn delete(instance: &mut Instance, user_id: &str) -> HandlerResult {
    let user = remove(&mut instance.users, user_id, "user")?;
    instance.memberships.retain(|it| it["user_id"] != user_id);
    let mut deleted = deleted_object("user", user_id);
    if user["external_id"].is_string() {
        deleted["external_id"] = user["external_id"].clone();
    }
    Ok(deleted)
}

pub(crate) fn update_metadata(
    instance: &mut Instance,
    user_id: &str,
    request: &RecordedRequest,
) -> HandlerResult {
    let body = request.json_object(&metadata::USER)?;
    let user = find_mut(&mut instance.users, user_id, "user")?;
    Ok(metadata::update(user, &body, &request.method))
}

pub(crate) fn set_banned(instance: &mut Instance, user_id: &str, banned: bool) -> HandlerResult {
    let user = find_mut(&mut instance.users, user_id, "user")?;
    user["banned"] = banned.into();
    user["updated_at"] = now_ms().into();
    Ok(user.clone())
}

pub(crate) fn set_locked(instance: &mut Instance, user_id: &str, locked: bool) -> HandlerResult {
    let user = find_mut(&mut instance.users, user_id, "user")?;
    user["locked"] = locked.into();
    user["lockout_expires_in_seconds"] = if locked { json!(3600) } else { Value::Null };
    user["verification_attempts_remaining"] = if locked { 0 } else { 100 }.into();
    user["updated_at"] = now_ms().into();
    Ok(user.clone())
}

/// Stores only whether a user has an image, not the image.
pub(crate) fn set_profile_image(
    instance: &mut Instance,
    user_id: &str,
    has_image: bool,
) -> HandlerResult {
    let user = find_mut(&mut instance.users, user_id, "user")?;
    set_user_image(user, has_image);
    user["updated_at"] = now_ms().into();
    Ok(user.clone())
}
