//! The operations of each module of the API: their tables, and the rules that are their own.

mod instance;
mod lookups;
mod organization_domains;
mod organization_invitations;
mod organization_memberships;
mod organization_permissions;
mod organization_roles;
mod organizations;
mod redirect_urls;
mod role_sets;
mod user_stub;

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::resources::table::{Implementation, Operations};
use crate::store::instance::Instance;

/// The operations of all modules.
const MODULES: &[&Operations] = &[
    instance::OPERATIONS,
    organization_domains::OPERATIONS,
    organization_invitations::OPERATIONS,
    organization_memberships::OPERATIONS,
    organization_permissions::OPERATIONS,
    organization_roles::OPERATIONS,
    organizations::OPERATIONS,
    redirect_urls::OPERATIONS,
    role_sets::OPERATIONS,
    user_stub::OPERATIONS,
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
    organization_permissions::seed(instance);
    organization_roles::seed(instance);
    role_sets::seed(instance);
}
