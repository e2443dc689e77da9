//! The kinds of organizations, memberships and invitations, and how these are found.
//!
//! The tables of the three contain each other's records, so what they have in common is below them.

use crate::resources::resource::kind;
use crate::store::instance::Instance;
use crate::store::kind::Kind;
use crate::store::record::Record;

pub(crate) const ORGANIZATION_KIND: Kind = kind("organization", "org", &["slug", "role_set_key"]);

/// The member `pair` contains the ids of the organization and the user.
pub(crate) const MEMBERSHIP_KIND: Kind = kind(
    "organization_membership",
    "orgmem",
    &["organization_id", "user_id", "pair", "role"],
);

pub(crate) const INVITATION_KIND: Kind = kind(
    "organization_invitation",
    "orginv",
    &["organization_id", "email_address", "role"],
);

/// Returns the memberships of a user, the oldest first.
pub(crate) fn memberships<'i>(
    instance: &'i Instance,
    user_id: &str,
) -> impl DoubleEndedIterator<Item = &'i Record> + use<'i> {
    instance.all(&MEMBERSHIP_KIND).with("user_id", user_id)
}

/// Returns the ids of the users who are members of an organization.
pub(crate) fn member_ids(instance: &Instance, organization_id: &str) -> Vec<String> {
    let memberships = instance.all(&MEMBERSHIP_KIND);
    let memberships = memberships.with("organization_id", organization_id);
    memberships.map(|it| it.str("user_id").to_owned()).collect()
}

/// Returns the membership of a user in an organization.
pub(crate) fn membership<'i>(
    instance: &'i Instance,
    user_id: &str,
    organization_id: &str,
) -> Option<&'i Record> {
    let pair = pair(organization_id, user_id);
    instance.all(&MEMBERSHIP_KIND).with("pair", &pair).next()
}

/// Returns the member `pair` of a membership.
pub(crate) fn pair(organization_id: &str, user_id: &str) -> String {
    format!("{organization_id} {user_id}")
}

/// Returns an organization by its id.
pub(crate) fn organization<'i>(instance: &'i Instance, id: &str) -> Option<&'i Record> {
    instance.all(&ORGANIZATION_KIND).get(id)
}

/// Returns the status of an invitation, which becomes `expired` as time passes.
pub(crate) fn invitation_status<'r>(instance: &Instance, record: &'r Record) -> &'r str {
    match record.str("status") {
        "" if record
            .i64("expires_at")
            .is_some_and(|it| it <= instance.now()) =>
        {
            "expired"
        }
        "" => "pending",
        other => other,
    }
}

pub(crate) fn is_pending(instance: &Instance, record: &Record) -> bool {
    invitation_status(instance, record) == "pending"
}

/// Returns the invitations to an organization that can still be accepted.
pub(crate) fn pending_invitations<'i>(
    instance: &'i Instance,
    organization_id: &str,
) -> impl Iterator<Item = &'i Record> + use<'i> {
    let invitations = instance
        .all(&INVITATION_KIND)
        .with("organization_id", organization_id);
    invitations.filter(|it| is_pending(instance, it))
}
