//! The operations of each module of the API: their tables, and the rules that are their own.

mod clients;
mod contacts;
mod identifier_lists;
mod invitations;
mod jwt_templates;
mod organization_lookup;
mod redirect_urls;
mod seeding;
mod sessions;
mod sign_in_links;
mod sign_ups;
mod templates;
mod tickets;
mod users;
mod waitlist_entries;

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::resources::resource::Resource;
use crate::resources::table::{Implementation, Operations};
use crate::store::instance::Instance;

pub(crate) use seeding::add_record;
pub(crate) use sessions::{browser_token, refresh_token};

/// The operations of all modules.
const MODULES: &[&Operations] = &[
    clients::OPERATIONS,
    contacts::OPERATIONS,
    identifier_lists::OPERATIONS,
    invitations::OPERATIONS,
    jwt_templates::OPERATIONS,
    redirect_urls::OPERATIONS,
    sessions::OPERATIONS,
    sign_in_links::OPERATIONS,
    sign_ups::OPERATIONS,
    templates::OPERATIONS,
    users::OPERATIONS,
    waitlist_entries::OPERATIONS,
];

static BY_ID: LazyLock<HashMap<&'static str, Implementation>> = LazyLock::new(|| {
    let operations = MODULES.iter().flat_map(|module| module.iter());
    operations.copied().collect()
});

/// Returns the table of a resource by its name, if an operation uses it.
pub(crate) fn resource(name: &str) -> Option<&'static Resource> {
    let mut operations = MODULES.iter().flat_map(|module| module.iter());
    operations.find_map(|(_, implementation)| match implementation {
        Implementation::Table(resource, _) if resource.name == name => Some(*resource),
        _ => None,
    })
}

/// Returns how an operation is implemented.
pub(crate) fn implementation(operation_id: &str) -> Implementation {
    BY_ID
        .get(operation_id)
        .copied()
        .unwrap_or(Implementation::Sample)
}

/// Creates the records that every instance has from the beginning.
pub(crate) fn seed(instance: &mut Instance) {
    templates::seed(instance);
}
