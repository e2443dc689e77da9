//! Tokens of sessions: the ordinary ones, those of JWT templates, and those that tests ask for.

use serde_json::{Map, Value, json};

use super::claims::{Version, members, session_claims, token_id};
use super::session::new_session;
use super::template_context::template_context;
use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::store::instance::{FRONTEND_URL, Instance};
use crate::store::record::Record;
use crate::tables::jwt_templates::JWT_TEMPLATE;
use crate::tables::sessions::{SESSION, is_live, status};
use crate::tables::users::USER;
use crate::tokens::custom_key::CustomKey;
use crate::tokens::shortcodes;

/// The lifetime of session tokens, and of those of templates without one of their own.
const LIFETIME_SECONDS: i64 = 60;

/// The origin of the application that tokens from a browser name.
const APPLICATION_ORIGIN: &str = "http://localhost:3000";

pub(super) fn create_token(call: &mut Call<'_>) -> CallResult {
    let session = active_session(call)?;
    let lifetime = call
        .number("expires_in_seconds")
        .unwrap_or(LIFETIME_SECONDS);
    let version = Version::of_request(call);
    let claims = session_claims(call.instance, &session, lifetime, version);
    let jwt = sign(call.instance, claims);
    Ok(json!({ "object": "token", "jwt": jwt }))
}

pub(super) fn create_token_from_template(call: &mut Call<'_>) -> CallResult {
    let session = active_session(call)?;
    let name = call.path_param(1);
    let mut templates = call.instance.all(&JWT_TEMPLATE).with("name", &name);
    let template = templates.next().cloned();
    drop(templates);
    let template = template.ok_or_else(|| ErrorResponse::not_found("JWT template", &name))?;
    let user = call.instance.find(&USER, session.str("user_id"))?.clone();
    let context = template_context(call.instance, &user, &session);
    let own = template.get("claims").cloned().unwrap_or_default();
    let mut claims = members(shortcodes::resolve(&own, &context));
    let lifetime = template.i64("lifetime").unwrap_or(LIFETIME_SECONDS);
    let lifetime = call.number("expires_in_seconds").unwrap_or(lifetime);
    let skew = template.i64("allowed_clock_skew").unwrap_or(5);
    let now = call.instance.now() / 1000;
    claims.extend(members(json!({
        "exp": now.saturating_add(lifetime), "iat": now, "iss": FRONTEND_URL,
        "jti": token_id(call.instance), "nbf": now.saturating_sub(skew), "sub": user.id,
    })));
    let jwt = match template.is("custom_signing_key") {
        true => sign_with_own_key(&template, claims)?,
        false => sign(call.instance, claims),
    };
    Ok(json!({ "object": "token", "jwt": jwt }))
}

/// Returns the session of the path, if it is active.
fn active_session(call: &Call<'_>) -> Result<Record, ErrorResponse> {
    let session = call.instance.find(&SESSION, &call.path_param(0))?;
    if !is_live(call.instance, session) {
        let status = status(call.instance, session);
        let message = format!("The session is {status}.");
        return Err(ErrorResponse::new(401, "authentication_invalid", message));
    }
    Ok(session.clone())
}

fn sign_with_own_key(
    template: &Record,
    claims: Map<String, Value>,
) -> Result<String, ErrorResponse> {
    let algorithm = template.str("signing_algorithm");
    let key = CustomKey::parse(algorithm, template.str("signing_key"));
    let invalid = || {
        let message = "The key of the template is invalid.";
        ErrorResponse::param("form_param_value_invalid", "signing_key", message)
    };
    let header = json!({ "alg": algorithm, "typ": "JWT" });
    Ok(key
        .ok_or_else(invalid)?
        .sign(&header, &Value::Object(claims)))
}

/// Signs claims with the key of the instance.
pub(super) fn sign(instance: &Instance, claims: Map<String, Value>) -> String {
    let header = json!({ "alg": "RS256", "kid": instance.keys.current_id(), "typ": "JWT" });
    let key = instance.signing_key();
    key.sign(&header, &Value::Object(claims))
}

/// Returns a token as a browser gets it: for the newest live session of a user, or else for one that is not stored. The
/// members of `overrides` are added to the claims or replace them; null removes one.
pub(crate) fn browser_token(instance: &mut Instance, user_id: &str, overrides: &Value) -> String {
    let sessions = instance.all(&SESSION).with("user_id", user_id);
    let mut live = sessions.filter(|it| is_live(instance, it));
    let session = live.next_back().cloned();
    drop(live);
    let session = session.unwrap_or_else(|| {
        let client_id = instance.ids.id("client", instance.clock.now());
        new_session(instance, user_id, &client_id, None)
    });
    let version = Version::of_instance(instance);
    let mut claims = session_claims(instance, &session, LIFETIME_SECONDS, version);
    claims.insert("azp".to_owned(), APPLICATION_ORIGIN.into());
    for (name, value) in overrides.as_object().into_iter().flatten() {
        match value {
            Value::Null => drop(claims.remove(name)),
            value => drop(claims.insert(name.clone(), value.clone())),
        }
    }
    sign(instance, claims)
}
