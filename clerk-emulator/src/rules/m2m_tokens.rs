//! Tokens with which machines authenticate at other machines.

use serde_json::{Value, json};

use super::machines::{self, MACHINE};
use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::resource::{Resource, hex_kind};
use crate::resources::table::{Operations, rule};
use crate::resources::{changes, listing, rendering};
use crate::store::instance::Instance;
use crate::store::record::Record;

pub(super) static M2M_TOKEN: Resource = Resource {
    kind: hex_kind("machine_to_machine_token", "mt", &["subject", "token"]),
    computed: &[("expired", |instance, record| {
        json!(is_expired(instance, record))
    })],
    not_filters: &["revoked", "expired"],
    ..Resource::NEW
};

pub(super) const OPERATIONS: &Operations = &[
    ("getM2MTokens", rule(list)),
    ("createM2MToken", rule(create)),
    ("revokeM2MToken", rule(revoke)),
    ("verifyM2MToken", rule(verify)),
];

fn is_expired(instance: &Instance, record: &Record) -> bool {
    record
        .i64("expiration")
        .is_some_and(|it| it <= instance.now())
}

fn bad_request(message: &str) -> ErrorResponse {
    ErrorResponse::new(400, "bad_request", message)
}

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
    refuse_jwt(call)?;
    let machine = call.instance.find(&MACHINE, &machine_id)?;
    let default_ttl = machines::default_token_ttl(machine);
    let ttl = call
        .number("seconds_until_expiration")
        .unwrap_or(default_ttl);
    let scopes = json!(machines::scopes(call.instance, &machine_id));
    let claims = call.get("claims").cloned().unwrap_or_default();
    if let Some(min_remaining) = call.number("min_remaining_ttl_seconds") {
        if min_remaining >= ttl {
            return Err(bad_request(
                "A token must live longer than min_remaining_ttl_seconds.",
            ));
        }
        if let Some(known) = reusable(call.instance, &machine_id, &claims, &scopes, min_remaining) {
            return Ok(rendering::render(call, &M2M_TOKEN, known));
        }
    }
    let mut record = call.instance.new_record(&M2M_TOKEN);
    record.set("subject", machine_id);
    record.set("scopes", scopes);
    record.set("claims", claims);
    record.set(
        "expiration",
        record.created_at.saturating_add(ttl.saturating_mul(1000)),
    );
    record.set("token", format!("mt_{}", call.instance.ids.secret(44)));
    changes::insert(call, &M2M_TOKEN, record)
}

fn refuse_jwt(call: &Call<'_>) -> Result<(), ErrorResponse> {
    if call.text("token_format").as_deref() != Some("jwt") {
        return Ok(());
    }
    let message = "The emulator creates only opaque tokens.";
    let mut error = ErrorResponse::new(501, "not_implemented", message);
    error.gap = Some("m2m-jwt");
    Err(error)
}

/// Returns a valid token with these claims and scopes that lives long enough.
fn reusable<'i>(
    instance: &'i Instance,
    machine_id: &str,
    claims: &Value,
    scopes: &Value,
    min_remaining: i64,
) -> Option<&'i Record> {
    let until = instance
        .now()
        .saturating_add(min_remaining.saturating_mul(1000));
    let mut tokens = instance.all(&M2M_TOKEN).with("subject", machine_id).rev();
    tokens.find(|it| {
        !it.is("revoked")
            && it.i64("expiration").is_none_or(|it| it >= until)
            && it.get("claims").unwrap_or(&Value::Null) == claims
            && it.get("scopes") == Some(scopes)
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
    let found = call.instance.all(&M2M_TOKEN).with("token", &token).next();
    let may_see = |record: &&Record| match &call.machine {
        Some(machine) => record.strings("scopes").contains(&machine.as_str()),
        None => true,
    };
    let is_valid = |it: &&Record| !it.is("revoked") && !is_expired(call.instance, it);
    let id = found
        .filter(may_see)
        .filter(is_valid)
        .map(|it| it.id.to_string());
    let Some(id) = id else {
        let message = "The token is unknown, revoked or expired, or is for another machine.";
        return Err(ErrorResponse::new(404, "resource_not_found", message));
    };
    let now = call.instance.now();
    call.instance
        .all_mut(&M2M_TOKEN)
        .update(&id, |it| it.set("last_used_at", now));
    let record = call.instance.find(&M2M_TOKEN, &id)?;
    Ok(rendering::render(call, &M2M_TOKEN, record))
}
