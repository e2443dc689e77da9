//! Tokens with which machines authenticate at other machines.

mod jwt;

use serde_json::json;

use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::table::{Operations, rule};
use crate::resources::{changes, listing, rendering};
use crate::store::instance::Instance;
use crate::store::record::Record;
use crate::tables::credentials::{M2M_TOKEN, is_expired};
use crate::tables::machines::{MACHINE, default_token_ttl, scopes};

pub(super) const OPERATIONS: &Operations = &[
    ("getM2MTokens", rule(list)),
    ("createM2MToken", rule(create)),
    ("revokeM2MToken", rule(revoke)),
    ("verifyM2MToken", rule(verify)),
];

fn list(call: &mut Call<'_>) -> CallResult {
    let subject = call.query("subject").unwrap_or_default();
    if call.machine.as_ref().is_some_and(|it| *it != subject) {
        let message = "A machine can list only its own tokens.";
        return Err(ErrorResponse::new(403, "authorization_invalid", message));
    }
    call.instance.find(&MACHINE, &subject)?;
    let [revoked, expired] = ["revoked", "expired"].map(|it| call.query_flag(it));
    let instance = &*call.instance;
    listing::list_where(call, &M2M_TOKEN, |record| {
        (revoked || !record.is("revoked")) && (expired || !is_expired(instance, record))
    })
}

fn create(call: &mut Call<'_>) -> CallResult {
    let Some(machine_id) = call.machine.clone() else {
        let message = "A token is created with the secret key of a machine.";
        return Err(ErrorResponse::new(
            401,
            "machine_secret_key_invalid",
            message,
        ));
    };
    let mut record = new(call, machine_id)?;
    if call.text("token_format").as_deref() == Some("jwt") {
        jwt::check_claims(&record)?;
        record.set("token", jwt::sign(call.instance, &record));
        // Such a token is not kept: it proves itself.
        return Ok(rendering::render(call, &M2M_TOKEN, &record));
    }
    if let Some(min_remaining) = call.number("min_remaining_ttl_seconds") {
        let until = after_seconds(call.instance.now(), min_remaining);
        if record.i64("expiration").is_none_or(|it| it <= until) {
            let message = "A token must live longer than min_remaining_ttl_seconds.";
            return Err(ErrorResponse::new(400, "bad_request", message));
        }
        if let Some(known) = reusable(call.instance, &record, until) {
            return Ok(rendering::render(call, &M2M_TOKEN, known));
        }
    }
    let token = format!("mt_{}", call.instance.ids.secret(44));
    record.set("token", token);
    changes::insert(call, &M2M_TOKEN, record)
}

/// Creates a token from the body, without its secret. It has access to what the machine has access to now.
fn new(call: &mut Call<'_>, machine_id: String) -> Result<Record, ErrorResponse> {
    let machine = call.instance.find(&MACHINE, &machine_id)?;
    let default_ttl = default_token_ttl(machine);
    let ttl = call
        .number("seconds_until_expiration")
        .unwrap_or(default_ttl);
    let scopes = json!(scopes(call.instance, &machine_id));
    let mut record = call.instance.new_record(&M2M_TOKEN);
    record.set("subject", machine_id);
    record.set("scopes", scopes);
    record.set("claims", call.get("claims").cloned().unwrap_or_default());
    record.set("expiration", after_seconds(record.created_at, ttl));
    Ok(record)
}

fn after_seconds(time: i64, seconds: i64) -> i64 {
    time.saturating_add(seconds.saturating_mul(1000))
}

/// Returns a valid token like `record` that lives until a time.
fn reusable<'i>(instance: &'i Instance, record: &Record, until: i64) -> Option<&'i Record> {
    let tokens = instance.all(&M2M_TOKEN);
    let mut tokens = tokens.with("subject", record.str("subject")).rev();
    tokens.find(|it| {
        !it.is("revoked")
            && it.i64("expiration").is_none_or(|it| it >= until)
            && ["claims", "scopes"]
                .iter()
                .all(|name| it.get(name) == record.get(name))
    })
}

fn revoke(call: &mut Call<'_>) -> CallResult {
    let id = changes::record_id(call, &M2M_TOKEN)?;
    let mut record = call.instance.find(&M2M_TOKEN, &id)?.clone();
    if call
        .machine
        .as_ref()
        .is_some_and(|it| it != record.str("subject"))
    {
        return Err(ErrorResponse::not_found(&M2M_TOKEN.title(), &id));
    }
    if record.is("revoked") {
        return changes::get(call, &M2M_TOKEN);
    }
    record.set("revoked", true);
    changes::apply_body(call, &mut record)?;
    changes::save(call, &M2M_TOKEN, record)
}

fn verify(call: &mut Call<'_>) -> CallResult {
    let token = call.text("token").unwrap_or_default();
    let stored = call.instance.all(&M2M_TOKEN).with("token", &token).next();
    let found = stored.cloned().or_else(|| jwt::read(call.instance, &token));
    let may_see = |record: &Record| match &call.machine {
        Some(machine) => record.strings("scopes").contains(&machine.as_str()),
        None => true,
    };
    let is_valid = |it: &Record| !it.is("revoked") && !is_expired(call.instance, it);
    let Some(mut record) = found.filter(|it| may_see(it) && is_valid(it)) else {
        let message = "The token is unknown, revoked or expired, or is for another machine.";
        return Err(ErrorResponse::new(404, "resource_not_found", message));
    };
    let now = call.instance.now();
    let tokens = call.instance.all_mut(&M2M_TOKEN);
    if tokens
        .update(&record.id, |it| it.set("last_used_at", now))
        .is_some()
    {
        record.set("last_used_at", now);
    }
    Ok(rendering::render(call, &M2M_TOKEN, &record))
}
