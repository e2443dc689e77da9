//! The claims of session tokens, version 2.

use serde_json::{Map, Value, json};

use super::session::{active_organization, status};
use crate::rules::organization_lookup::{membership, organization};
use crate::rules::organization_roles::permission_keys;
use crate::store::instance::{FRONTEND_URL, Instance};
use crate::store::record::Record;
use crate::tokens::compact_permissions::CompactPermissions;

/// The time before its creation from which a token is valid, because clocks differ.
const CLOCK_SKEW_SECONDS: i64 = 10;

/// Returns the claims of a session's token.
pub(super) fn session_claims(
    instance: &mut Instance,
    session: &Record,
    lifetime_seconds: i64,
) -> Map<String, Value> {
    let now = instance.now() / 1000;
    let age_minutes = (instance.now() - session.created_at).max(0) / 60_000;
    let mut claims = members(json!({
        "exp": now.saturating_add(lifetime_seconds),
        // The minutes since the first factor; there was no second one.
        "fva": [age_minutes, -1],
        "iat": now,
        "iss": FRONTEND_URL,
        "jti": token_id(instance),
        "nbf": now - CLOCK_SKEW_SECONDS,
        "sid": session.id,
        "sts": match status(instance, session) { "pending" => "pending", _ => "active" },
        "sub": session.str("user_id"),
        "v": 2,
    }));
    if let Some(actor) = session.get("actor") {
        claims.insert("act".to_owned(), actor.clone());
    }
    if let Some(id) = active_organization(instance, session) {
        claims.extend(organization_claims(instance, session.str("user_id"), id));
    }
    claims
}

/// Returns the id of a new token: 20 hexadecimal digits.
pub(super) fn token_id(instance: &mut Instance) -> String {
    instance.ids.hex().chars().take(20).collect()
}

/// Returns the claims about the organization that is active: its compact form, and the features of the permissions.
fn organization_claims(
    instance: &Instance,
    user_id: &str,
    organization_id: &str,
) -> Map<String, Value> {
    let mut claims = Map::new();
    let Some(membership) = membership(instance, user_id, organization_id) else {
        return claims;
    };
    let role = membership.str("role");
    let mut compact = members(json!({
        "id": organization_id,
        "rol": role.strip_prefix("org:").unwrap_or(role),
    }));
    let slug = organization(instance, organization_id).map(|it| it.str("slug"));
    if let Some(slug) = slug.filter(|it| !it.is_empty()) {
        compact.insert("slg".to_owned(), json!(slug));
    }
    if let Some(permissions) = CompactPermissions::new(permission_keys(instance, role)) {
        compact.insert("per".to_owned(), json!(permissions.actions));
        compact.insert("fpm".to_owned(), json!(permissions.masks));
        claims.insert("fea".to_owned(), json!(permissions.features));
    }
    claims.insert("o".to_owned(), Value::Object(compact));
    claims
}

/// Returns the members of an object.
pub(super) fn members(object: Value) -> Map<String, Value> {
    match object {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::rules::organization_lookup::{MEMBERSHIP_KIND, ORGANIZATION_KIND};
    use crate::rules::sessions::session::new_session;
    use crate::store::clock::Clock;

    #[test]
    fn the_newest_organization_is_active_while_the_membership_lives() {
        let mut instance = Instance::new(Arc::new(Clock::default()), 1);
        let mut organization = instance.new_record(&ORGANIZATION_KIND);
        organization.set("slug", "acme");
        let id = organization.id.to_string();
        instance.all_mut(&ORGANIZATION_KIND).insert(organization);
        let mut membership = instance.new_record(&MEMBERSHIP_KIND);
        membership.set("user_id", "user_1");
        membership.set("organization_id", id.clone());
        membership.set("role", "org:admin");
        let membership_id = membership.id.to_string();
        instance.all_mut(&MEMBERSHIP_KIND).insert(membership);

        let session = new_session(&mut instance, "user_1", "client_1", None);
        let claims = session_claims(&mut instance, &session, 60);
        let expected = json!({ "id": id, "slg": "acme", "rol": "admin" });
        assert_eq!(claims.get("o"), Some(&expected));
        instance.all_mut(&MEMBERSHIP_KIND).remove(&membership_id);
        let claims = session_claims(&mut instance, &session, 60);
        assert_eq!(claims.get("o"), None);
    }
}
