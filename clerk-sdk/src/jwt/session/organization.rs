//! The active organization of a session.

use super::permissions::{PermissionClaims, PermissionMasks, without_org_prefix};

/// The claims about the active organization.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct OrganizationData {
    pub(super) id: String,
    pub(super) slug: Option<String>,
    pub(super) role: Option<String>,
    pub(super) permissions: PermissionClaims,
}

impl OrganizationData {
    /// Returns the public view of the claims. The masks of permissions refer to the list of features, which is
    /// a claim of its own.
    pub(super) fn organization<'c>(&'c self, features: &'c str) -> ActiveOrganization<'c> {
        ActiveOrganization {
            id: &self.id,
            slug: self.slug.as_deref(),
            role: self.role.as_deref(),
            permissions: match &self.permissions {
                PermissionClaims::List(list) => Permissions::List(list),
                PermissionClaims::Masks { names, masks } => Permissions::Masks(PermissionMasks {
                    features,
                    names,
                    masks,
                }),
            },
        }
    }
}

/// The active organization of a session.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ActiveOrganization<'c> {
    /// The id of the organization, such as `org_…`.
    pub id: &'c str,
    /// The slug of the organization, if it has one.
    pub slug: Option<&'c str>,
    /// The user's role in the organization, such as `org:admin`.
    pub role: Option<&'c str>,
    permissions: Permissions<'c>,
}

#[derive(Clone, Copy, Debug)]
enum Permissions<'c> {
    List(&'c [String]),
    Masks(PermissionMasks<'c>),
}

impl ActiveOrganization<'_> {
    /// Returns the permissions of the user's role, such as `org:invoices:read`. System permissions are never
    /// included in a token. To check for a single one, use [`AuthorizationCheck::permission`](crate::jwt::AuthorizationCheck::permission).
    pub fn permissions(&self) -> Vec<String> {
        match self.permissions {
            Permissions::List(list) => list.to_vec(),
            Permissions::Masks(masks) => masks.to_list(),
        }
    }

    /// Whether the role has the permission `feature:permission`.
    pub(super) fn has_permission(&self, permission: &str) -> bool {
        match self.permissions {
            Permissions::List(list) => {
                let mut list = list.iter().map(|own| without_org_prefix(own));
                list.any(|own| own == permission)
            }
            Permissions::Masks(masks) => masks.contains(permission),
        }
    }
}
