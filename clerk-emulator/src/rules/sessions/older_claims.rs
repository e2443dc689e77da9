//! The claims of session tokens, version 1, which older versions of the API have.

use serde_json::{Map, Value, json};

use super::session::active_organization;
use crate::rules::organization_lookup::{membership, organization};
use crate::rules::organization_roles::permission_keys;
use crate::store::instance::Instance;
use crate::store::record::Record;

/// Replaces the claims that only version 2 has by those of version 1: the organization is not in a claim of its own.
pub(super) fn to_version_1(instance: &Instance, session: &Record, claims: &mut Map<String, Value>) {
    for name in ["fea", "jti", "o", "sts", "v"] {
        claims.remove(name);
    }
    let Some(id) = active_organization(instance, session) else {
        return;
    };
    let Some(membership) = membership(instance, session.str("user_id"), id) else {
        return;
    };
    let role = membership.str("role");
    let permissions = permission_keys(instance, role).into_iter();
    let permissions = permissions.filter(|key| !key.starts_with("org:sys_"));
    let slug = organization(instance, id).map(|it| it.str("slug"));
    claims.insert("org_id".to_owned(), json!(id));
    claims.insert("org_slug".to_owned(), json!(slug.unwrap_or_default()));
    claims.insert("org_role".to_owned(), json!(role));
    let permissions = Value::from_iter(permissions.map(|it| json!(it)));
    claims.insert("org_permissions".to_owned(), permissions);
}
