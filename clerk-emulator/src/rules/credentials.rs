//! The credentials of users, organizations and machines, which are gone with them.

use crate::store::instance::Instance;
use crate::tables::credentials::API_KEY;
use crate::tables::oauth_applications::ACCESS_TOKEN;

/// Removes the API keys and the access tokens of a user, an organization or a machine.
pub(super) fn remove_all(instance: &mut Instance, subject: &str) {
    for resource in [&API_KEY, &ACCESS_TOKEN] {
        instance.remove_with(resource, "subject", subject);
    }
}
