//! Signing up, and accepting an invitation to the application: what people do in the application to become users.

use super::contacts::storage::{Status, new_contact};
use super::restrictions::{require_not_blocked, require_sign_up_allowed};
use super::users::creation::require_quota;
use crate::http::response::ErrorResponse;
use crate::resources::changes::add_event;
use crate::resources::rendering::render_object;
use crate::resources::resource::Resource;
use crate::store::instance::Instance;
use crate::store::record::Record;
use crate::tables::contact_format::is_phone_number;
use crate::tables::contacts::{ContactType, EMAIL, PHONE};
use crate::tables::invitations::{INVITATION, is_pending};
use crate::tables::users::USER;
use crate::tables::waitlist_entries::WAITLIST_ENTRY;

/// Creates the user who accepts an invitation, with its address and metadata, and returns the user's id.
///
/// Returns nothing if the invitation is not pending, if another user has the address, or if it is blocked.
pub(crate) fn accept_invitation(instance: &mut Instance, id: &str) -> Option<String> {
    let mut invitation = instance.all(&INVITATION).get(id)?.clone();
    if !is_pending(instance, &invitation) || require_quota(instance).is_err() {
        return None;
    }
    let address = invitation.str("email_address").to_owned();
    require_not_blocked(instance, &address).ok()?;
    let (mut user, contact) = new_user(instance, &EMAIL, &address).ok()?;
    if let Some(metadata) = invitation.get("public_metadata") {
        user.set("public_metadata", metadata.clone());
    }
    invitation.set("status", "accepted");
    invitation.updated_at = instance.now();
    instance.all_mut(&INVITATION).insert(invitation);
    let id = store(instance, &EMAIL, user, contact);
    complete_waitlist_entry(instance, &address);
    Some(id)
}

/// Creates the user who signs up with an email address or a phone number, and returns the user's id.
pub(crate) fn sign_up(instance: &mut Instance, identifier: &str) -> Result<String, ErrorResponse> {
    let identifier = identifier.trim().to_lowercase();
    let contact_type = match is_phone_number(&identifier) {
        true => &PHONE,
        false => &EMAIL,
    };
    let (user, contact) = new_user(instance, contact_type, &identifier)?;
    require_sign_up_allowed(instance, &identifier)?;
    require_quota(instance)?;
    Ok(store(instance, contact_type, user, contact))
}

/// Creates a user with a verified contact, without storing them.
fn new_user(
    instance: &mut Instance,
    contact_type: &ContactType,
    value: &str,
) -> Result<(Record, Record), ErrorResponse> {
    let mut user = instance.new_record(&USER);
    let contact = new_contact(instance, contact_type, &user.id, value, Status::Verified)?;
    user.set(contact_type.primary, &*contact.id);
    Ok((user, contact))
}

/// Stores a new user and the contact, announces the user, and returns the id.
fn store(
    instance: &mut Instance,
    contact_type: &ContactType,
    user: Record,
    contact: Record,
) -> String {
    instance.all_mut(contact_type.resource).insert(contact);
    instance.all_mut(&USER).insert(user.clone());
    announce(instance, "user.created", &USER, &user);
    user.id.to_string()
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
