//! API keys of users, organizations and machines.

use serde_json::{Value, json};

use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::table::{Operations, delete, get, rule};
use crate::resources::{changes, listing, rendering};
use crate::store::instance::Instance;
use crate::store::record::Record;
use crate::tables::credentials::{API_KEY, is_expired};
use crate::tables::machines::MACHINE;
use crate::tables::organizations::ORGANIZATION;
use crate::tables::users::USER;

pub(super) const OPERATIONS: &Operations = &[
    ("getApiKeys", rule(list)),
    ("createApiKey", rule(create)),
    ("getApiKey", get(&API_KEY)),
    ("updateApiKey", rule(update)),
    ("deleteApiKey", delete(&API_KEY)),
    ("getApiKeySecret", rule(get_secret)),
    ("revokeApiKey", rule(revoke)),
    ("verifyApiKey", rule(verify)),
];

fn is_valid(instance: &Instance, record: &Record) -> bool {
    !record.is("revoked") && !is_expired(instance, record)
}

fn list(call: &mut Call<'_>) -> CallResult {
    let with_invalid = call.query_flag("include_invalid");
    let kind = call.query("type").unwrap_or_else(|| "api_key".to_owned());
    let instance = &*call.instance;
    listing::list_where(call, &API_KEY, |record| {
        let known_kind = rendering::member(instance, &API_KEY, record, "type");
        known_kind == json!(kind) && (with_invalid || is_valid(instance, record))
    })
}

fn create(call: &mut Call<'_>) -> CallResult {
    let mut record = changes::new_record(call, &API_KEY)?;
    require_subject(call.instance, record.str("subject"))?;
    let has_name = |it: &Record| it.str("name") == record.str("name");
    let others = call.instance.all(&API_KEY);
    if others.with("subject", record.str("subject")).any(has_name) {
        let message = "The subject has an API key with this name already.";
        return Err(ErrorResponse::new(
            409,
            "api_key_name_already_exists",
            message,
        ));
    }
    set_expiration(call, &mut record);
    record.set("secret", format!("ak_{}", call.instance.ids.secret(44)));
    changes::insert(call, &API_KEY, record)
}

/// Rejects a subject that does not exist. Directories are not looked up, because they are not addressed by users.
fn require_subject(instance: &Instance, id: &str) -> Result<(), ErrorResponse> {
    let kind = match id.split_once('_').map(|(prefix, _)| prefix) {
        Some("user") => &USER,
        Some("org") => &ORGANIZATION.kind,
        Some("mch") => &MACHINE.kind,
        _ => return Ok(()),
    };
    match instance.all(kind).get(id) {
        Some(_) => Ok(()),
        None => {
            let message = format!("There is no subject with the id {id:?}.");
            Err(ErrorResponse::new(400, "bad_request", message))
        }
    }
}

/// Sets the expiration to a number of seconds from now; null means never.
fn set_expiration(call: &Call<'_>, record: &mut Record) {
    match call.get("seconds_until_expiration") {
        None => {}
        Some(Value::Null) => drop(record.remove("expiration")),
        Some(_) => {
            let seconds = call.number("seconds_until_expiration").unwrap_or(0);
            let expiration = call
                .instance
                .now()
                .saturating_add(seconds.saturating_mul(1000));
            record.set("expiration", expiration);
        }
    }
}

fn update(call: &mut Call<'_>) -> CallResult {
    let id = changes::record_id(call, &API_KEY)?;
    let mut record = call.instance.find(&API_KEY, &id)?.clone();
    changes::apply_body(call, &mut record)?;
    require_subject(call.instance, record.str("subject"))?;
    set_expiration(call, &mut record);
    changes::save(call, &API_KEY, record)
}

fn get_secret(call: &mut Call<'_>) -> CallResult {
    let record = call.instance.find(&API_KEY, &call.path_param(0))?;
    Ok(json!({ "secret": record.str("secret") }))
}

fn revoke(call: &mut Call<'_>) -> CallResult {
    let id = changes::record_id(call, &API_KEY)?;
    let mut record = call.instance.find(&API_KEY, &id)?.clone();
    if record.is("revoked") {
        return changes::get(call, &API_KEY);
    }
    record.set("revoked", true);
    changes::apply_body(call, &mut record)?;
    changes::save(call, &API_KEY, record)
}

fn verify(call: &mut Call<'_>) -> CallResult {
    let secret = call.text("secret").unwrap_or_default();
    let found = call.instance.all(&API_KEY).with("secret", &secret).next();
    let found = found.filter(|it| is_valid(call.instance, it));
    let Some(id) = found.map(|it| it.id.to_string()) else {
        let message = "The API key is unknown, revoked or expired.";
        return Err(ErrorResponse::new(404, "resource_not_found", message));
    };
    let now = call.instance.now();
    call.instance
        .all_mut(&API_KEY)
        .update(&id, |it| it.set("last_used_at", now));
    let record = call.instance.find(&API_KEY, &id)?;
    Ok(rendering::render(call, &API_KEY, record))
}
