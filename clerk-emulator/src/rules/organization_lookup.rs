//! What the modules of users, sessions and tokens need to know about organizations.

use crate::resources::resource::kind;
use crate::store::instance::Instance;
use crate::store::kind::Kind;
use crate::store::record::Record;

pub(super) const ORGANIZATION_KIND: Kind = kind("organization", "org", &["slug", "role_set_key"]);

/// The member `pair` contains the ids of the organization and the user.
pub(super) const MEMBERSHIP_KIND: Kind = kind(
    "organization_membership",
    "orgmem",
    &["organization_id", "user_id", "pair", "role"],
);

/// Returns the memberships of a user, the oldest first.
pub(super) fn memberships<'i>(
    instance: &'i Instance,
    user_id: &str,
) -> impl DoubleEndedIterator<Item = &'i Record> + use<'i> {
    instance.all(&MEMBERSHIP_KIND).with("user_id", user_id)
}

/// Returns the ids of the users who are members of an organization.
pub(super) fn member_ids(instance: &Instance, organization_id: &str) -> Vec<String> {
    let memberships = instance.all(&MEMBERSHIP_KIND);
    let memberships = memberships.with("organization_id", organization_id);
    memberships.map(|it| it.str("user_id").to_owned()).collect()
}

/// Returns the membership of a user in an organization.
pub(super) fn membership<'i>(
    instance: &'i Instance,
    user_id: &str,
    organization_id: &str,
) -> Option<&'i Record> {
    let mut memberships = memberships(instance, user_id);
    memberships.find(|it| it.str("organization_id") == organization_id)
}

/// Returns an organization by its id.
pub(super) fn organization<'i>(instance: &'i Instance, id: &str) -> Option<&'i Record> {
    instance.all(&ORGANIZATION_KIND).get(id)
}
