//! The active organization of a session token of version 2: the compact claim `o`, whose permissions are
//! encoded as bitmasks.

use serde_json::Value;

use super::organization::OrganizationData;
use super::permissions::PermissionClaims;
use super::undecoded_organization::UndecodedOrganization;
use crate::jwt::token::Claim;
use crate::jwt::token_error::TokenError;

#[derive(Default)]
struct CompactOrganization {
    id: Claim<String>,
    slg: Claim<String>,
    rol: Claim<String>,
    per: Claim<String>,
    fpm: Claim<String>,
}

pub(super) fn organization(
    claim: UndecodedOrganization<'_>,
) -> Result<Option<OrganizationData>, TokenError> {
    let members = match claim {
        UndecodedOrganization::Object(members) => members,
        UndecodedOrganization::Other(Value::Null) => return Ok(None),
        UndecodedOrganization::Other(_) => return Err(TokenError::invalid_claim("o")),
    };
    let mut compact = CompactOrganization::default();
    for (name, value) in members {
        let slot = match &*name {
            "id" => &mut compact.id,
            "slg" => &mut compact.slg,
            "rol" => &mut compact.rol,
            "per" => &mut compact.per,
            "fpm" => &mut compact.fpm,
            _ => continue,
        };
        let value = match value {
            Value::String(string) => Some(string),
            Value::Null => None,
            _ => return Err(TokenError::invalid_claim("o")),
        };
        if slot.replace(value).is_some() {
            return Err(TokenError::invalid_claim("o"));
        }
    }
    let id = compact.id.flatten();
    Ok(Some(OrganizationData {
        id: id.ok_or(TokenError::missing_claim("o.id"))?,
        slug: compact.slg.flatten(),
        role: compact.rol.flatten().map(|role| format!("org:{role}")),
        permissions: PermissionClaims::Masks {
            names: compact.per.flatten().unwrap_or_default(),
            masks: compact.fpm.flatten().unwrap_or_default(),
        },
    }))
}
