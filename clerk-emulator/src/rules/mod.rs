//! The operations of each module of the API: how each is implemented, and the rules that are their own.

mod admin_portal_links;
mod api_keys;
mod billing;
mod clients;
mod contacts;
mod credentials;
mod directories;
mod domains;
mod enterprise_connections;
mod identifier_lists;
mod instance;
mod invitations;
mod jwt_templates;
mod m2m_tokens;
mod machines;
mod new_users;
mod oauth_applications;
mod organization_checks;
mod organization_domains;
mod organization_invitations;
mod organization_memberships;
mod organization_permissions;
mod organization_roles;
mod organizations;
#[cfg(feature = "page")]
mod overview;
mod redirect_urls;
mod restrictions;
mod role_sets;
mod seeding;
mod sessions;
mod sign_in_links;
mod sign_ups;
mod svix;
mod templates;
mod tickets;
mod users;
mod waitlist_entries;

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::document::operation::Operation;
use crate::http::response::ErrorResponse;
use crate::resources::table::{Implementation, Operations};
use crate::store::instance::Instance;
use crate::store::options::Preset;

pub(crate) use billing::subscribe;
pub(crate) use new_users::{accept_invitation, sign_up};
#[cfg(feature = "page")]
pub(crate) use overview::overview;
pub(crate) use seeding::add_record;
pub(crate) use sessions::{
    browser_token, end_session, handshake_payload, jwks, refresh_token, set_active_organization,
};
pub(crate) use users::generated_users::add_users;

/// The operations of all modules.
const MODULES: &[&Operations] = &[
    admin_portal_links::OPERATIONS,
    api_keys::OPERATIONS,
    billing::OPERATIONS,
    clients::OPERATIONS,
    contacts::OPERATIONS,
    directories::OPERATIONS,
    domains::OPERATIONS,
    enterprise_connections::OPERATIONS,
    identifier_lists::OPERATIONS,
    instance::OPERATIONS,
    invitations::OPERATIONS,
    jwt_templates::OPERATIONS,
    m2m_tokens::OPERATIONS,
    machines::OPERATIONS,
    oauth_applications::OPERATIONS,
    organization_domains::OPERATIONS,
    organization_invitations::OPERATIONS,
    organization_memberships::OPERATIONS,
    organization_permissions::OPERATIONS,
    organization_roles::OPERATIONS,
    organizations::OPERATIONS,
    redirect_urls::OPERATIONS,
    role_sets::OPERATIONS,
    sessions::OPERATIONS,
    sign_in_links::OPERATIONS,
    sign_ups::OPERATIONS,
    svix::OPERATIONS,
    templates::OPERATIONS,
    users::OPERATIONS,
    waitlist_entries::OPERATIONS,
];

static BY_ID: LazyLock<HashMap<&'static str, Implementation>> = LazyLock::new(|| {
    let operations = MODULES.iter().flat_map(|module| module.iter());
    operations.copied().collect()
});

/// Returns how an operation is implemented.
pub(crate) fn implementation(operation_id: &str) -> Implementation {
    BY_ID
        .get(operation_id)
        .copied()
        .unwrap_or(Implementation::Sample)
}

/// Creates the records that every instance has from the beginning.
pub(crate) fn seed(instance: &mut Instance) {
    apply_preset(instance);
    templates::seed(instance);
    domains::seed(instance);
    organization_permissions::seed(instance);
    organization_roles::seed(instance);
    role_sets::seed(instance);
    billing::seed(instance);
}

/// Returns the status of a successful response.
pub(crate) fn success_status(operation: &Operation) -> u16 {
    match operation.id {
        // The document says 200, but Clerk's Python SDK rejects that.
        "createApiKey" => 201,
        _ => operation.status,
    }
}

/// Sets the settings that the preset of the instance has.
pub(crate) fn apply_preset(instance: &mut Instance) {
    let is_permissive = instance.options.preset == Preset::Permissive;
    instance::enable_organizations(instance, is_permissive);
}

/// Returns whether the secret key of a machine gives access to an operation.
pub(crate) fn accepts_machine_keys(operation: &Operation) -> bool {
    operation.path.starts_with("/m2m_tokens")
}

/// Returns the id of the machine that has a secret key.
pub(crate) fn machine_with_secret_key(instance: &Instance, key: &str) -> Option<String> {
    machines::with_secret_key(instance, key)
}

/// Accepts an invitation to an organization for a user.
pub(crate) fn accept_organization_invitation(
    instance: &mut Instance,
    invitation_id: &str,
    user_id: &str,
) -> Result<(), ErrorResponse> {
    organization_invitations::accept(instance, invitation_id, user_id, "")
}

/// Creates an access token that a user grants an OAuth application; nothing if one of them does not exist.
pub(crate) fn issue_oauth_access_token(
    instance: &mut Instance,
    application_id: &str,
    user_id: &str,
) -> Option<String> {
    oauth_applications::issue(instance, application_id, user_id)
}
