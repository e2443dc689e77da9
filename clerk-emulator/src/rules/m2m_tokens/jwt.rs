//! Tokens of machines as JSON Web Tokens, which are verified by their signature and not kept.

use serde_json::{Map, Value, json};

use crate::http::response::ErrorResponse;
use crate::store::instance::{FRONTEND_URL, Instance};
use crate::store::record::Record;

/// The claims that callers cannot set.
const RESERVED: [&str; 8] = ["aud", "exp", "iat", "iss", "jti", "nbf", "scopes", "sub"];

/// How many seconds before its creation a token begins to be valid, for machines whose clocks are behind.
const CLOCK_SKEW_SECONDS: i64 = 10;

/// Rejects claims of a caller that would replace those of the token.
pub(super) fn check_claims(record: &Record) -> Result<(), ErrorResponse> {
    let own = record.get("claims").and_then(Value::as_object);
    let mut names = own.into_iter().flat_map(Map::keys);
    match names.find(|it| RESERVED.contains(&it.as_str())) {
        None => Ok(()),
        Some(name) => {
            let message = format!("The claim {name:?} is reserved.");
            let code = "machine_token_reserved_claim";
            Err(ErrorResponse::new(400, code, message))
        }
    }
}

/// Signs a token with the members of a record.
pub(super) fn sign(instance: &Instance, record: &Record) -> String {
    let own = record.get("claims").and_then(Value::as_object);
    let mut claims = own.cloned().unwrap_or_default();
    let scopes = record.strings("scopes");
    let issued_at = record.created_at / 1000;
    let members = json!({
        "iss": FRONTEND_URL,
        "sub": record.str("subject"),
        "aud": scopes,
        "scopes": scopes.join(" "),
        "jti": record.id,
        "iat": issued_at,
        "nbf": issued_at.saturating_sub(CLOCK_SKEW_SECONDS),
        "exp": record.i64("expiration").map(|it| it / 1000),
    });
    claims.extend(members.as_object().cloned().unwrap_or_default());
    let header = json!({ "alg": "RS256", "kid": instance.keys.current_id(), "typ": "JWT" });
    instance.signing_key().sign(&header, &Value::Object(claims))
}

/// Returns the record of a token that the instance has signed for a machine, whether or not it has expired.
pub(super) fn read(instance: &Instance, token: &str) -> Option<Record> {
    let Value::Object(mut claims) = instance.keys.claims(token)? else {
        return None;
    };
    let text = |name: &str| Some(claims.get(name)?.as_str()?.to_owned());
    let milliseconds = |name: &str| Some(claims.get(name)?.as_i64()?.saturating_mul(1000));
    let subject = text("sub").filter(|it| it.starts_with("mch_"))?;
    let mut record = Record::new(text("jti")?, milliseconds("iat")?);
    record.set("subject", subject);
    record.set("expiration", milliseconds("exp"));
    record.set("scopes", claims.get("aud").cloned().unwrap_or_default());
    claims.retain(|name, _| !RESERVED.contains(&name.as_str()));
    if !claims.is_empty() {
        record.set("claims", claims);
    }
    Some(record)
}
