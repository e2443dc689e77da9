//! Second factors: one-time passwords, backup codes and phone numbers.

use serde_json::{Value, json};

use super::totp;
use super::user::announce_update;
use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::tables::contacts::PHONE_NUMBER;
use crate::tables::users::USER;

/// Checks a one-time password or a backup code. The latter can be used once.
pub(super) fn verify_totp(call: &mut Call<'_>) -> CallResult {
    let id = call.path_param(0);
    let user = call.instance.find(&USER, &id)?;
    let mut backup_codes = user.strings("backup_codes");
    let secret = user.get("totp_secret").and_then(Value::as_str);
    let secret = secret.and_then(totp::decode_secret);
    if secret.is_none() && backup_codes.is_empty() {
        let message = "The user has neither one-time passwords nor backup codes.";
        return Err(ErrorResponse::new(400, "totp_disabled", message));
    }
    let code = call.text("code").unwrap_or_default();
    if let Some(index) = backup_codes.iter().position(|it| *it == code) {
        backup_codes.remove(index);
        let rest = json!(backup_codes);
        call.instance
            .change(&USER, &id, |user| user.set("backup_codes", rest))?;
        announce_update(call, &id)?;
        return Ok(json!({ "verified": true, "code_type": "backup_code" }));
    }
    if code.len() != 6 {
        let message = "A one-time password has 6 digits.";
        return Err(ErrorResponse::param("totp_invalid_length", "code", message));
    }
    let now = call.instance.now();
    if secret.is_some_and(|it| totp::is_valid(&it, &code, now)) {
        return Ok(json!({ "verified": true, "code_type": "totp" }));
    }
    let message = "The code is not that of the user at this time.";
    Err(ErrorResponse::param("totp_incorrect_code", "code", message))
}

/// Removes all second factors of a user.
pub(super) fn disable_all(call: &mut Call<'_>) -> CallResult {
    let id = call.path_param(0);
    call.instance.find(&USER, &id)?;
    for number in call.instance.all(&PHONE_NUMBER).ids_with("user_id", &id) {
        call.instance.change(&PHONE_NUMBER, &number, |it| {
            it.remove("reserved_for_second_factor");
            it.remove("default_second_factor");
        })?;
    }
    remove(call, &["totp_secret", "backup_codes"])
}

pub(super) fn delete_totp(call: &mut Call<'_>) -> CallResult {
    remove(call, &["totp_secret"])
}

pub(super) fn delete_backup_codes(call: &mut Call<'_>) -> CallResult {
    remove(call, &["backup_codes"])
}

/// Removes members of a user, and returns the user's id.
fn remove(call: &mut Call<'_>, names: &[&str]) -> CallResult {
    let id = call.path_param(0);
    call.instance.change(&USER, &id, |user| {
        names.iter().for_each(|name| drop(user.remove(name)));
    })?;
    announce_update(call, &id)?;
    Ok(json!({ "user_id": id }))
}
