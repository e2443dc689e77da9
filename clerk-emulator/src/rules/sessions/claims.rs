//! The claims of session tokens.

use serde_json::{Map, Value, json};

use crate::http::api_version::ApiVersion;
use crate::resources::call::Call;
use crate::store::instance::{FRONTEND_URL, Instance};
use crate::store::record::Record;
use crate::tables::active_plans::{PayerType, feature_slugs, plan_for_tokens};
use crate::tables::organization_records::{membership, organization};
use crate::tables::organization_roles::permission_keys;
use crate::tables::sessions::{active_organization, status};
use crate::tokens::compact_permissions::{CompactPermissions, feature_and_action};

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
    let user_id = session.str("user_id");
    let membership = active_organization(instance, session)
        .and_then(|organization_id| membership(instance, user_id, organization_id));
    claims.extend(match (version, membership) {
        (Version::V1, Some(membership)) => organization_claims_v1(instance, membership),
        (Version::V1, None) => Map::new(),
        (Version::V2, membership) => plan_and_organization_claims(instance, user_id, membership),
    });
    claims
}

/// Returns the id of a new token: 20 hexadecimal digits.
pub(super) fn token_id(instance: &mut Instance) -> String {
    instance.ids.hex().chars().take(20).collect()
}

/// Returns the claims about the plans and their features, and about the organization that is active.
fn plan_and_organization_claims(
    instance: &Instance,
    user_id: &str,
    membership: Option<&Record>,
) -> Map<String, Value> {
    let user_plan = plan_for_tokens(instance, PayerType::User, user_id);
    let organization_plan = membership.and_then(|it| organization_plan(instance, it));
    let permissions = membership.map(|it| permissions(instance, it));
    let permissions = CompactPermissions::new(
        permissions.unwrap_or_default(),
        organization_plan.map(feature_slugs).unwrap_or_default(),
        user_plan.map(feature_slugs).unwrap_or_default(),
    );
    let mut claims = Map::new();
    let plan = organization_plan.map(|it| ("o", it));
    if let Some((scope, plan)) = plan.or(user_plan.map(|it| ("u", it))) {
        let plan = format!("{scope}:{}", plan.str("slug"));
        claims.insert("pla".to_owned(), plan.into());
    }
    if !permissions.features.is_empty() {
        claims.insert("fea".to_owned(), json!(permissions.features));
    }
    if let Some(membership) = membership {
        let compact = compact_organization(instance, membership, &permissions);
        claims.insert("o".to_owned(), compact);
    }
    claims
}

/// Returns the claim about the organization that is active.
fn compact_organization(
    instance: &Instance,
    membership: &Record,
    permissions: &CompactPermissions,
) -> Value {
    let role = membership.str("role");
    let mut compact = json!({
        "id": membership.str("organization_id"),
        "rol": role.strip_prefix("org:").unwrap_or(role),
    });
    if let Some(slug) = slug(instance, membership) {
        compact["slg"] = slug.into();
    }
    if !permissions.actions.is_empty() {
        compact["per"] = json!(permissions.actions);
        compact["fpm"] = json!(permissions.masks);
    }
    compact
}

/// Returns the claims of version 1 about the organization that is active.
fn organization_claims_v1(instance: &Instance, membership: &Record) -> Map<String, Value> {
    let mut claims = members(json!({
        "org_id": membership.str("organization_id"),
        "org_role": membership.str("role"),
        "org_permissions": permissions(instance, membership),
    }));
    if let Some(slug) = slug(instance, membership) {
        claims.insert("org_slug".to_owned(), slug.into());
    }
    claims
}

/// Returns the permissions of a member: without those of the system, and only for features that the organization's plan
/// has, if organizations have plans to choose from.
fn permissions<'i>(instance: &'i Instance, membership: &Record) -> Vec<&'i str> {
    let plan = organization_plan(instance, membership);
    let features = plan.map(feature_slugs);
    let mut keys = permission_keys(instance, membership.str("role"));
    keys.retain(|key| {
        let feature = feature_and_action(key).map(|(feature, _)| feature);
        match (&features, feature) {
            (Some(features), Some(feature)) => features.contains(&feature),
            (_, feature) => feature.is_some(),
        }
    });
    keys
}

fn organization_plan<'i>(instance: &'i Instance, membership: &Record) -> Option<&'i Record> {
    let id = membership.str("organization_id");
    plan_for_tokens(instance, PayerType::Organization, id)
}

/// Returns the slug of a membership's organization, if it has one.
fn slug<'i>(instance: &'i Instance, membership: &Record) -> Option<&'i str> {
    let organization = organization(instance, membership.str("organization_id"))?;
    Some(organization.str("slug")).filter(|it| !it.is_empty())
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
