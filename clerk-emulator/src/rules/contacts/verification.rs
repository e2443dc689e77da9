//! The verification of a contact by a code, which is sent to it.

use serde_json::{Value, json};

use super::storage::ensure_free;
use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::changes::{announce, record_id};
use crate::rules::users::user;
use crate::store::instance::Instance;
use crate::store::record::Record;
use crate::tables::contact_format::is_for_tests;
use crate::tables::contacts::{ContactType, EMAIL, MAX_ATTEMPTS, code_status};

/// The code of contacts of test mode.
const TEST_CODE: &str = "424242";

const CODE_LIFETIME_MS: i64 = 10 * 60 * 1000;

/// The time between two codes for the same phone number.
const RESEND_DELAY_MS: i64 = 30 * 1000;

/// Sends a code.
pub(super) fn prepare(call: &mut Call<'_>, contact: &ContactType) -> CallResult {
    let id = record_id(call, contact.resource)?;
    let now = call.instance.now();
    let mut record = call.instance.find(contact.resource, &id)?.clone();
    let expires_at = record.i64("code_expires_at").unwrap_or_default();
    let is_too_early = expires_at - CODE_LIFETIME_MS + RESEND_DELAY_MS > now;
    if is_too_early && contact.member == "phone_number" {
        let message = "Another code can be sent 30 seconds after the last one.";
        let code = "verification_code_too_many_requests";
        return Err(ErrorResponse::new(429, code, message));
    }
    let is_for_tests = is_for_tests(record.str(contact.member));
    let code = match is_for_tests {
        true => TEST_CODE.to_owned(),
        false => call.instance.ids.digits(6),
    };
    let code_id = call.instance.ids.id("ver", now);
    record.set("code_id", code_id);
    record.set("code", code.clone());
    record.set("code_expires_at", now + CODE_LIFETIME_MS);
    record.set("attempts", 0);
    record.remove("code_accepted");
    let response = render(call.instance, contact, &record);
    if !is_for_tests {
        announce_message(call, contact, &record, &code);
    }
    call.instance.all_mut(contact.resource).insert(record);
    Ok(response)
}

/// Checks a code. A wrong one is not an error: the response says so.
pub(super) fn attempt(call: &mut Call<'_>, contact: &ContactType) -> CallResult {
    let id = record_id(call, contact.resource)?;
    let mut record = call.instance.find(contact.resource, &id)?.clone();
    let verification_id = call.text("verification_id").unwrap_or_default();
    if record.str("code_id") != verification_id || verification_id.is_empty() {
        return Err(ErrorResponse::not_found("verification", &verification_id));
    }
    match code_status(call.instance, &record) {
        "verified" => {
            let message = "The verification has succeeded before.";
            let code = "verification_already_verified";
            return Err(ErrorResponse::new(400, code, message));
        }
        "unverified" => {}
        _ => return Ok(render(call.instance, contact, &record)),
    }
    let attempts = record.i64("attempts").unwrap_or_default() + 1;
    let is_right = call.text("code").as_deref() == Some(record.str("code"));
    record.set("attempts", attempts.min(MAX_ATTEMPTS));
    if is_right {
        record.set("code_accepted", true);
        if !record.is("verified") {
            record.set("verified", true);
            record.set("verified_by_code", true);
        }
        ensure_free(call.instance, contact, &record)?;
    }
    let response = render(call.instance, contact, &record);
    let user_id = record.str("user_id").to_owned();
    call.instance.all_mut(contact.resource).insert(record);
    if is_right {
        user::announce_update(call, &user_id)?;
    }
    Ok(response)
}

fn render(instance: &Instance, contact: &ContactType, record: &Record) -> Value {
    json!({
        "id": record.str("code_id"),
        "object": "verification_otp",
        "status": code_status(instance, record),
        "strategy": contact.strategy,
        "attempts": record.i64("attempts"),
        "expire_at": record.i64("code_expires_at"),
        "channel": null,
    })
}

/// Announces the message that has the code.
fn announce_message(call: &mut Call<'_>, contact: &ContactType, record: &Record, code: &str) {
    let now = call.instance.now();
    let text = format!("{code} is your verification code.");
    let (kind, data) = match contact.member == EMAIL.member {
        true => (
            "email.created",
            json!({
                "object": "email", "id": call.instance.ids.id("ema", now),
                "slug": "verification_code", "from_email_name": "notifications",
                "reply_to_email_name": null, "email_address_id": record.id,
                "to_email_address": record.str("email_address"),
                "user_id": record.str("user_id"), "subject": text, "body": text,
                "body_plain": text, "status": "queued", "delivered_by_clerk": true,
                "data": { "otp_code": code },
            }),
        ),
        false => (
            "sms.created",
            json!({
                "object": "sms_message", "id": call.instance.ids.id("sms", now),
                "slug": "verification_code", "from_phone_number": "+15555550199",
                "to_phone_number": record.str("phone_number"), "phone_number_id": record.id,
                "user_id": record.str("user_id"), "message": text, "status": "queued",
                "delivered_by_clerk": true, "created_at_ms": now,
                "data": { "otp_code": code },
            }),
        ),
    };
    announce(call, Some(kind), &data);
}
