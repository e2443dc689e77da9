//! What several modules of organizations check first.

use crate::http::response::ErrorResponse;
use crate::resources::call::Call;
use crate::store::instance::Instance;
use crate::tables::organization_roles::missing_creator_permission;
use crate::tables::organizations::ORGANIZATION;
use crate::tables::settings::ORGANIZATIONS;

/// Rejects calls of operations for organizations while these are disabled.
pub(super) fn require_organizations(instance: &Instance) -> Result<(), ErrorResponse> {
    match ORGANIZATIONS.is(instance, "enabled") {
        true => Ok(()),
        false => Err(ErrorResponse::new(
            403,
            "organization_not_enabled_in_instance",
            "Organizations are disabled in the settings of the instance.",
        )),
    }
}

/// Returns the id of the organization that the first parameter of the path names.
pub(super) fn parent_id(call: &Call<'_>) -> Result<String, ErrorResponse> {
    let id = call.path_param(0);
    Ok(call.instance.find(&ORGANIZATION, &id)?.id.to_string())
}

/// Rejects a role that lacks a permission which the creator of an organization needs.
pub(super) fn require_creator_permissions(
    instance: &Instance,
    role_key: &str,
) -> Result<(), ErrorResponse> {
    let Some(missing) = missing_creator_permission(instance, role_key) else {
        return Ok(());
    };
    let message = format!("The role of creators needs the permission {missing}.");
    let code = "organization_missing_creator_role_permissions";
    Err(ErrorResponse::new(422, code, message))
}
