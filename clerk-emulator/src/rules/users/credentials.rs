//! The credentials of users: passwords, and the secrets of second factors in bodies.

use serde_json::json;

use super::user::save_user;
use super::{passwords, totp};
use crate::http::response::ErrorResponse;
use crate::password_hashers;
use crate::resources::call::{Call, CallResult};
use crate::resources::changes::record_id;
use crate::resources::rendering::render;
use crate::rules::sessions::session::revoke_all;
use crate::store::record::Record;
use crate::tables::users::USER;

/// Stores the credentials of a body. None of them is part of responses.
pub(super) fn apply_credentials(
    call: &mut Call<'_>,
    user: &mut Record,
) -> Result<(), ErrorResponse> {
    if let Some(password) = call.text("password") {
        if call.flag("skip_password_checks") != Some(true) {
            passwords::check_policy(&password)?;
        }
        let salt = call.instance.ids.secret(16);
        let digest = password_hashers::hash(&password, salt.as_bytes());
        set_password(call, user, "pbkdf2_sha256", digest);
    } else if let Some(stored) = call.text("password_digest") {
        let hasher = call.text("password_hasher").unwrap_or_default();
        if hasher.is_empty() {
            let message = "\"password_digest\" needs \"password_hasher\".";
            let code = "form_conditional_param_missing";
            return Err(ErrorResponse::param(code, "password_hasher", message));
        }
        passwords::check_digest(&hasher, &stored)?;
        set_password(call, user, &hasher, stored);
    }
    if let Some(secret) = call.text("totp_secret") {
        if totp::decode_secret(&secret).is_none() {
            let message = "The secret must have at least 16 characters of base 32.";
            let code = "invalid_totp_secret_code";
            return Err(ErrorResponse::param(code, "totp_secret", message));
        }
        user.set("totp_secret", secret);
    }
    if call.get("backup_codes").is_some() {
        user.set("backup_codes", json!(call.texts("backup_codes")));
    }
    Ok(())
}

fn set_password(call: &Call<'_>, user: &mut Record, hasher: &str, stored: String) {
    user.set("password_hasher", hasher);
    user.set("password_hash", stored);
    user.set("password_last_updated_at", call.instance.now());
    user.remove("password_compromised");
}

pub(super) fn verify_password(call: &mut Call<'_>) -> CallResult {
    let user = call.instance.find(&USER, &call.path_param(0))?;
    if user.get("password_hash").is_none() {
        return Err(no_password());
    }
    let password = call.text("password").unwrap_or_default();
    let (hasher, stored) = (user.str("password_hasher"), user.str("password_hash"));
    if password_hashers::verify(hasher, stored, &password) {
        return Ok(json!({ "verified": true }));
    }
    let message = "The password is not that of the user.";
    Err(ErrorResponse::new(422, "incorrect_password", message))
}

fn no_password() -> ErrorResponse {
    ErrorResponse::new(400, "no_password_set", "The user has no password.")
}

/// Removes the password. If there is none, nothing is announced.
pub(super) fn remove_password(call: &mut Call<'_>) -> CallResult {
    let id = call.path_param(0);
    let mut user = call.instance.find(&USER, &id)?.clone();
    if user.remove("password_hash").is_none() {
        return Ok(render(call, &USER, &user));
    }
    for name in [
        "password_hasher",
        "password_compromised",
        "password_last_updated_at",
    ] {
        user.remove(name);
    }
    if call.flag("sign_out_of_other_sessions") == Some(true) {
        revoke_all(call, &id);
    }
    save_user(call, user)
}

pub(super) fn set_compromised(call: &mut Call<'_>) -> CallResult {
    let response = mark_compromised(call, true)?;
    if call.flag("revoke_all_sessions") == Some(true) {
        revoke_all(call, &call.path_param(0));
    }
    Ok(response)
}

pub(super) fn unset_compromised(call: &mut Call<'_>) -> CallResult {
    mark_compromised(call, false)
}

fn mark_compromised(call: &mut Call<'_>, is_compromised: bool) -> CallResult {
    let id = record_id(call, &USER)?;
    let mut user = call.instance.find(&USER, &id)?.clone();
    if user.get("password_hash").is_none() {
        return Err(no_password());
    }
    user.set("password_compromised", is_compromised);
    save_user(call, user)
}
