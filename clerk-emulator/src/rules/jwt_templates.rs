//! JWT templates: the claims and keys of tokens for other services.

use serde_json::{Value, json};

use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::changes::{insert, new_record, record_id, save};
use crate::resources::table::{Operations, delete, get, list, rule};
use crate::store::record::Record;
use crate::tables::jwt_templates::JWT_TEMPLATE;
use crate::tokens::custom_key::CustomKey;

/// The claims that every token has, and that a template cannot change.
const RESERVED_CLAIMS: [&str; 7] = ["azp", "exp", "iat", "iss", "jti", "nbf", "sub"];

pub(super) const OPERATIONS: &Operations = &[
    ("ListJWTTemplates", list(&JWT_TEMPLATE)),
    ("CreateJWTTemplate", rule(create)),
    ("GetJWTTemplate", get(&JWT_TEMPLATE)),
    ("UpdateJWTTemplate", rule(update)),
    ("DeleteJWTTemplate", delete(&JWT_TEMPLATE)),
];

fn create(call: &mut Call<'_>) -> CallResult {
    let mut record = new_record(call, &JWT_TEMPLATE)?;
    check(call, &mut record)?;
    insert(call, &JWT_TEMPLATE, record)
}

/// Replaces a template: what the body lacks has its default afterwards.
fn update(call: &mut Call<'_>) -> CallResult {
    let id = record_id(call, &JWT_TEMPLATE)?;
    let old = call.instance.find(&JWT_TEMPLATE, &id)?;
    let mut record = Record::new(old.id.clone(), old.created_at);
    crate::resources::changes::apply_body(call, &mut record)?;
    check(call, &mut record)?;
    save(call, &JWT_TEMPLATE, record)
}

/// Checks a body, and stores the key of the template.
fn check(call: &Call<'_>, record: &mut Record) -> Result<(), ErrorResponse> {
    if call.text("name").is_none() {
        let message = "\"name\" must not be empty.";
        return Err(ErrorResponse::param(
            "form_param_value_invalid",
            "name",
            message,
        ));
    }
    let claims = call.get("claims").and_then(Value::as_object);
    let mut names = claims.into_iter().flat_map(|it| it.keys());
    if let Some(name) = names.find(|it| RESERVED_CLAIMS.contains(&it.as_str())) {
        let message = format!("Every token has the claim {name:?}; a template cannot set it.");
        let error = ErrorResponse::new(400, "jwt_template_reserved_claim", message);
        return Err(error.with_param("claims"));
    }
    if call.flag("custom_signing_key") != Some(true) {
        record.remove("signing_algorithm");
        return Ok(());
    }
    for name in ["signing_algorithm", "signing_key"] {
        if call.text(name).is_none() {
            let message = format!("A key of its own needs {name:?}.");
            let code = "form_conditional_param_missing";
            return Err(ErrorResponse::param(code, name, message));
        }
    }
    let algorithm = call.text("signing_algorithm").unwrap_or_default();
    let key = call.text("signing_key").unwrap_or_default();
    if CustomKey::parse(&algorithm, &key).is_none() {
        let message = format!("The key is not one for {algorithm:?}.");
        let code = "form_param_value_invalid";
        return Err(ErrorResponse::param(code, "signing_key", message));
    }
    record.set("signing_key", json!(key));
    Ok(())
}
