//! Accepting an invitation to the application, which a person does by a link.

use super::contacts::storage::{Status, new_contact};
use super::users::creation::require_quota;
use crate::resources::changes::add_event;
use crate::resources::rendering::render_object;
use crate::resources::resource::Resource;
use crate::store::instance::Instance;
use crate::store::record::Record;
use crate::tables::contacts::{EMAIL, EMAIL_ADDRESS};
use crate::tables::invitations::{INVITATION, is_pending};
use crate::tables::users::USER;
use crate::tables::waitlist_entries::WAITLIST_ENTRY;

/// Creates the user who accepts an invitation, with its address and metadata, and returns the user's id.
///
/// Returns nothing if the invitation is not pending, or if another user has the address.
pub(crate) fn accept_invitation(instance: &mut Instance, id: &str) -> Option<String> {
    let mut invitation = instance.all(&INVITATION).get(id)?.clone();
    if !is_pending(instance, &invitation) || require_quota(instance).is_err() {
        return None;
    }
    let address = invitation.str("email_address").to_owned();
    let mut user = instance.new_record(&USER);
    let contact = new_contact(instance, &EMAIL, &user.id, &address, Status::Verified).ok()?;
    user.set(EMAIL.primary, &*contact.id);
    if let Some(metadata) = invitation.get("public_metadata") {
        user.set("public_metadata", metadata.clone());
    }
    invitation.set("status", "accepted");
    invitation.updated_at = instance.now();
    instance.all_mut(&INVITATION).insert(invitation);
    instance.all_mut(&EMAIL_ADDRESS).insert(contact);
    instance.all_mut(&USER).insert(user.clone());
    announce(instance, "user.created", &USER, &user);
    complete_waitlist_entry(instance, &address);
    Some(user.id.to_string())
}

/// A person who accepts an invitation no longer waits.
fn complete_waitlist_entry(instance: &mut Instance, address: &str) {
    let entries = instance.all(&WAITLIST_ENTRY);
    let entry = entries.with("email_address", address).next().cloned();
    if let Some(mut entry) = entry {
        entry.set("status", "completed");
        entry.updated_at = instance.now();
        instance.all_mut(&WAITLIST_ENTRY).insert(entry.clone());
        let kind = "waitlistEntry.updated";
        announce(instance, kind, &WAITLIST_ENTRY, &entry);
    }
}

fn announce(instance: &mut Instance, kind: &'static str, resource: &Resource, record: &Record) {
    let data = render_object(instance, resource, record);
    add_event(instance, kind, &data, "");
}
