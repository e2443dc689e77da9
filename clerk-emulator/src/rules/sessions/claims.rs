//! The claims of session tokens.

use serde_json::{Map, Value, json};

use crate::http::api_version::ApiVersion;
use crate::resources::call::Call;
use crate::store::instance::{FRONTEND_URL, Instance};
use crate::store::record::Record;
use crate::tables::organization_records::{membership, organization};
use crate::tables::organization_roles::permission_keys;
use crate::tables::sessions::{active_organization, status};
use crate::tokens::compact_permissions::CompactPermissions;

/// The time before its creation from which a token is valid, because clocks differ.
const CLOCK_SKEW_SECONDS: i64 = 10;

/// The version of session tokens.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Version {
    V1,
    V2,
}

impl Version {
    /// Returns the version that an instance uses by default.
    pub(super) fn of_instance(instance: &Instance) -> Self {
        match instance.options.session_tokens_v1 {
            true => Self::V1,
            false => Self::V2,
        }
    }

    /// Returns the version for a request, which may ask for an older version of the API.
    pub(super) fn of_request(call: &Call<'_>) -> Self {
        match call.version < ApiVersion::COMPACT_TOKENS {
            true => Self::V1,
            false => Self::of_instance(call.instance),
        }
    }
}

/// Returns the claims of a session's token.
pub(super) fn session_claims(
    instance: &mut Instance,
    session: &Record,
    lifetime_seconds: i64,
    version: Version,
) -> Map<String, Value> {
    let now = instance.now() / 1000;
    let age_minutes = (instance.now() - session.created_at).max(0) / 60_000;
    let mut claims = members(json!({
        "exp": now.saturating_add(lifetime_seconds),
        // The minutes since the first factor; there was no second one.
        "fva": [age_minutes, -1],
        "iat": now,
        "iss": FRONTEND_URL,
        "nbf": now - CLOCK_SKEW_SECONDS,
        "sid": session.id,
        "sub": session.str("user_id"),
    }));
    if version == Version::V2 {
        let status = match status(instance, session) {
            "pending" => "pending",
            _ => "active",
        };
        claims.extend(members(
            json!({ "jti": token_id(instance), "sts": status, "v": 2 }),
        ));
    }
    if let Some(actor) = session.get("actor") {
        claims.insert("act".to_owned(), actor.clone());
    }
    if let Some(id) = active_organization(instance, session) {
        let user_id = session.str("user_id");
        claims.extend(match version {
            Version::V1 => organization_claims_v1(instance, user_id, id),
            Version::V2 => organization_claims(instance, user_id, id),
        });
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

/// Returns the claims of version 1 about the organization that is active. Permissions of the system are not among them.
fn organization_claims_v1(
    instance: &Instance,
    user_id: &str,
    organization_id: &str,
) -> Map<String, Value> {
    let Some(membership) = membership(instance, user_id, organization_id) else {
        return Map::new();
    };
    let role = membership.str("role");
    let mut permissions = permission_keys(instance, role);
    permissions.retain(|it| !it.starts_with("org:sys_"));
    let mut claims = members(json!({
        "org_id": organization_id, "org_role": role, "org_permissions": permissions,
    }));
    let slug = organization(instance, organization_id).map(|it| it.str("slug"));
    if let Some(slug) = slug.filter(|it| !it.is_empty()) {
        claims.insert("org_slug".to_owned(), json!(slug));
    }
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
    use crate::rules::sessions::session::new_session;
    use crate::store::clock::Clock;
    use crate::tables::organization_memberships::MEMBERSHIP;
    use crate::tables::organization_records::pair;
    use crate::tables::organizations::ORGANIZATION;

    #[test]
    fn the_newest_organization_is_active_while_the_membership_lives() {
        let mut instance = Instance::new(Arc::new(Clock::default()), 1);
        let mut organization = instance.new_record(&ORGANIZATION);
        organization.set("slug", "acme");
        let id = organization.id.to_string();
        instance.all_mut(&ORGANIZATION).insert(organization);
        let mut membership = instance.new_record(&MEMBERSHIP);
        membership.set("user_id", "user_1");
        membership.set("organization_id", id.clone());
        membership.set("pair", pair(&id, "user_1"));
        membership.set("role", "org:admin");
        let membership_id = membership.id.to_string();
        instance.all_mut(&MEMBERSHIP).insert(membership);

        let session = new_session(&mut instance, "user_1", "client_1", None);
        let claims = session_claims(&mut instance, &session, 60, Version::V2);
        let expected = json!({ "id": id, "slg": "acme", "rol": "admin" });
        assert_eq!(claims.get("o"), Some(&expected));
        instance.all_mut(&MEMBERSHIP).remove(&membership_id);
        let claims = session_claims(&mut instance, &session, 60, Version::V2);
        assert_eq!(claims.get("o"), None);
    }
}
