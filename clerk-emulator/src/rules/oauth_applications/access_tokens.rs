//! Access tokens that users grant OAuth applications: opaque ones, or JWTs if the settings of the instance say so.

use serde_json::{Value, json};

use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::{changes, rendering};
use crate::store::instance::{FRONTEND_URL, Instance};
use crate::store::record::Record;
use crate::tables::oauth_applications::{ACCESS_TOKEN, APPLICATION};
use crate::tables::settings::OAUTH_APPLICATIONS;
use crate::tables::users::USER;

const LIFETIME_MILLISECONDS: i64 = 24 * 60 * 60 * 1000;

/// How many seconds before its creation a JWT begins to be valid, for receivers whose clocks are behind.
const CLOCK_SKEW_SECONDS: i64 = 10;

/// Creates an access token that a user grants an application, and returns it; nothing if one of them does not exist.
pub(in crate::rules) fn issue(
    instance: &mut Instance,
    application_id: &str,
    user_id: &str,
) -> Option<String> {
    instance.all(&USER).get(user_id)?;
    let application = instance.all(&APPLICATION).get(application_id)?;
    let client_id = application.str("client_id").to_owned();
    let scopes = rendering::member(instance, &APPLICATION, application, "scopes");
    let scopes = scopes.as_str().unwrap_or_default().split_whitespace();
    let scopes: Vec<String> = scopes.map(str::to_owned).collect();
    let mut record = instance.new_record(&ACCESS_TOKEN);
    record.set("application_id", application_id);
    record.set("client_id", client_id);
    record.set("subject", user_id);
    record.set("scopes", scopes);
    let expiration = record.created_at.saturating_add(LIFETIME_MILLISECONDS);
    record.set("expiration", expiration);
    if OAUTH_APPLICATIONS.is(instance, "oauth_jwt_access_tokens") {
        // Such a token is not kept: it proves itself.
        return Some(sign(instance, &record));
    }
    let token = format!("oat_{}", instance.ids.secret(44));
    record.set("token", token.clone());
    instance.all_mut(&ACCESS_TOKEN).insert(record);
    Some(token)
}

fn sign(instance: &Instance, record: &Record) -> String {
    let issued_at = record.created_at / 1000;
    let claims = json!({
        "iss": FRONTEND_URL,
        "sub": record.str("subject"),
        "client_id": record.str("client_id"),
        "scope": record.strings("scopes").join(" "),
        "scp": record.strings("scopes"),
        "jti": record.id,
        "iat": issued_at,
        "nbf": issued_at.saturating_sub(CLOCK_SKEW_SECONDS),
        "exp": record.i64("expiration").map(|it| it / 1000),
    });
    let header = json!({ "alg": "RS256", "kid": instance.keys.current_id(), "typ": "at+jwt" });
    instance.signing_key().sign(&header, &claims)
}

/// Returns the record of a JWT that the instance has signed for an application, whether or not it has expired.
fn read(instance: &Instance, token: &str) -> Option<Record> {
    let claims = instance.keys.claims(token)?;
    let text = |name: &str| Some(claims.get(name)?.as_str()?.to_owned());
    let milliseconds = |name: &str| Some(claims.get(name)?.as_i64()?.saturating_mul(1000));
    let mut record = Record::new(text("jti")?, milliseconds("iat")?);
    record.set("client_id", text("client_id")?);
    record.set("subject", text("sub")?);
    record.set("scopes", claims.get("scp").cloned().unwrap_or_default());
    record.set("expiration", milliseconds("exp"));
    Some(record)
}

pub(super) fn revoke(call: &mut Call<'_>) -> CallResult {
    let id = changes::record_id(call, &APPLICATION)?;
    let token = call.text("token").unwrap_or_default();
    let is_own = |it: &&Record| it.str("application_id") == id;
    let tokens = call.instance.all(&ACCESS_TOKEN);
    let found = tokens.with("token", &token).find(is_own);
    let Some(token_id) = found.map(|it| it.id.to_string()) else {
        let message = "The application has no such token.";
        return Err(ErrorResponse::new(404, "resource_not_found", message));
    };
    let revoke = |it: &mut Record| it.set("revoked", true);
    call.instance.change(&ACCESS_TOKEN, &token_id, revoke)?;
    Ok(Value::Null)
}

pub(super) fn verify(call: &mut Call<'_>) -> CallResult {
    let token = call.text("access_token").or_else(|| call.text("secret"));
    let Some(token) = token else {
        let message = "The parameter \"access_token\" is missing.";
        return Err(ErrorResponse::new(400, "bad_request", message));
    };
    let stored = call
        .instance
        .all(&ACCESS_TOKEN)
        .with("token", &token)
        .next();
    let found = stored.cloned().or_else(|| read(call.instance, &token));
    let Some(record) = found else {
        let message = "There is no such access token.";
        return Err(ErrorResponse::new(404, "resource_not_found", message));
    };
    let expiration = record.i64("expiration");
    if record.is("revoked") || expiration.is_some_and(|it| it <= call.instance.now()) {
        return Ok(json!({ "active": false }));
    }
    Ok(json!({
        "object": "clerk_idp_oauth_access_token",
        "id": record.id,
        "client_id": record.str("client_id"),
        "subject": record.str("subject"),
        "scopes": record.strings("scopes"),
        "revoked": false,
        "revocation_reason": null,
        "expired": false,
        "expiration": expiration,
        "created_at": record.created_at,
        "updated_at": record.updated_at,
    }))
}
