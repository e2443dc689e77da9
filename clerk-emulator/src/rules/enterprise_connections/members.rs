//! The members of connections that depend on the protocol.

use serde_json::{Map, Value, json};

use crate::store::record::Record;

/// The members of a SAML connection that callers set.
const SAML: [&str; 10] = [
    "allow_idp_initiated",
    "allow_subdomains",
    "attribute_mapping",
    "force_authn",
    "idp_certificate",
    "idp_entity_id",
    "idp_metadata",
    "idp_metadata_url",
    "idp_sso_url",
    "login_hint",
];

/// The members without which a SAML connection cannot be active, unless it has metadata.
const REQUIRED: [&str; 3] = ["idp_certificate", "idp_entity_id", "idp_sso_url"];

/// The members of the attribute mapping, with their defaults.
const ATTRIBUTES: [(&str, &str); 4] = [
    ("user_id", ""),
    ("email_address", "mail"),
    ("first_name", "givenName"),
    ("last_name", "surname"),
];

/// Stores the members of a body for SAML. Null clears one.
pub(super) fn apply_saml(record: &mut Record, body: Option<&Value>) {
    for name in SAML {
        match body.and_then(|it| it.get(name)) {
            None => {}
            Some(Value::Null) => drop(record.remove(name)),
            Some(value) => record.set(name, value.clone()),
        }
    }
}

/// Merges the members of a body for OpenID Connect. Null clears one.
pub(super) fn apply_oidc(record: &mut Record, body: Option<&Value>) {
    let Some(Value::Object(members)) = body else {
        return;
    };
    let mut known = match record.remove("oidc") {
        Some(Value::Object(known)) => known,
        _ => Map::new(),
    };
    known.extend(members.clone());
    record.set("oidc", known);
}

/// Returns whether a SAML connection has what it needs to be active.
pub(super) fn is_complete(record: &Record) -> bool {
    let has = |name: &&str| !record.str(name).is_empty();
    REQUIRED.iter().all(has) || ["idp_metadata", "idp_metadata_url"].iter().any(has)
}

pub(super) fn attribute_mapping(record: &Record) -> Value {
    let stored = record.get("attribute_mapping");
    let members = ATTRIBUTES.iter().map(|(name, default)| {
        let value = stored.and_then(|it| it.get(name)).and_then(Value::as_str);
        ((*name).to_owned(), json!(value.unwrap_or(default)))
    });
    Value::Object(members.collect())
}
