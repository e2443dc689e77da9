//! The active organization of a session token of version 1: `org_id`, `org_slug`, `org_role`, `org_permissions`.

use serde_json::{Map, Value};

use super::organization::OrganizationData;
use super::permissions::PermissionClaims;
use crate::jwt::token_error::TokenError;

/// Takes the organization out of the claims. Without an `org_id` there is none, and the others stay custom
/// claims.
pub(super) fn take_organization(
    claims: &mut Map<String, Value>,
) -> Result<Option<OrganizationData>, TokenError> {
    let Some(id) = take_string(claims, "org_id")? else {
        return Ok(None);
    };
    Ok(Some(OrganizationData {
        id,
        slug: take_string(claims, "org_slug")?,
        role: take_string(claims, "org_role")?,
        permissions: PermissionClaims::List(take_permissions(claims)?),
    }))
}

fn take_string(
    claims: &mut Map<String, Value>,
    claim: &'static str,
) -> Result<Option<String>, TokenError> {
    match claims.remove(claim) {
        Some(Value::String(string)) => Ok(Some(string)),
        None | Some(Value::Null) => Ok(None),
        Some(_) => Err(TokenError::invalid_claim(claim)),
    }
}

fn take_permissions(claims: &mut Map<String, Value>) -> Result<Vec<String>, TokenError> {
    const CLAIM: &str = "org_permissions";
    match claims.remove(CLAIM) {
        None => Ok(Vec::new()),
        Some(list) => {
            let list: Option<Vec<String>> =
                serde_json::from_value(list).map_err(|_| TokenError::invalid_claim(CLAIM))?;
            Ok(list.unwrap_or_default())
        }
    }
}
