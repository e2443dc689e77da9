//! Memberships, invitations and the waitlist.

use clerk_sdk::types::{
    Invitation, InvitationStatus, OrganizationInvitation, OrganizationMembership, WaitlistEntry,
    WaitlistEntryStatus,
};
use clerk_sdk::{List, Timestamp};

use super::Expectation;
use crate::corpus::Payload;

pub(super) const EXPECTATIONS: &[Expectation] = &[
    ("memberships_by_user", memberships_by_user),
    ("event_membership_created_old", membership_created),
    ("org_invitation_revoked", organization_invitation_revoked),
    ("invitation_plus_address", invitation_to_plus_address),
    ("waitlist_entry_rejected", waitlist_entries),
];

fn memberships_by_user(payload: &Payload) {
    let memberships: List<OrganizationMembership> = payload.value();
    assert_eq!(memberships.total_count, Some(1));
    let membership = &memberships.data[0];
    assert_eq!(membership.public_user_data, None);
    assert_eq!(membership.role_name.as_deref(), Some("Admin"));
    assert_eq!(membership.organization.members_count, Some(5));
}

fn membership_created(payload: &Payload) {
    let membership: OrganizationMembership = payload.value();
    assert_eq!(membership.role, "basic_member");
    let user = membership.public_user_data.expect("it has a user");
    assert_eq!(user.user_id, "user_1");
    assert_eq!(user.identifier.as_deref(), Some("e@example.org"));
}

fn organization_invitation_revoked(payload: &Payload) {
    let invitation: OrganizationInvitation = payload.value();
    assert_eq!(invitation.status.as_deref(), Some("revoked"));
    assert_eq!(invitation.public_organization_data, None);
}

fn invitation_to_plus_address(payload: &Payload) {
    let invitation: Invitation = payload.value();
    assert_eq!(invitation.email_address, "ada+proof@example.com");
    let expected = Timestamp::from_millis(1_793_396_952_755);
    assert_eq!(invitation.expires_at, Some(expected));
}

fn waitlist_entries(payload: &Payload) {
    let entries: List<WaitlistEntry> = payload.value();
    let [rejected, completed] = &*entries.data else {
        panic!("{entries:?}");
    };
    assert_eq!(rejected.status, WaitlistEntryStatus::Rejected);
    let invitation = rejected.invitation.as_ref().expect("it was invited");
    assert_eq!(invitation.status, InvitationStatus::Revoked);
    assert_eq!(completed.status, WaitlistEntryStatus::Completed);
    assert_eq!(completed.invitation, None);
}
