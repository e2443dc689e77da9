//! Contacts of a user: adding, finding and removing them.

use crate::http::response::ErrorResponse;
use crate::store::instance::Instance;
use crate::store::record::Record;
use crate::tables::contacts::ContactType;

/// What is known about a new contact.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::rules) enum Status {
    Verified,
    /// Not verified, but nobody else can have it.
    Reserved,
    Unverified,
}

impl Status {
    /// Reads a status as the API spells it. Without one, contacts are verified.
    pub(in crate::rules) fn parse(text: Option<&str>) -> Self {
        match text {
            Some("reserved") => Self::Reserved,
            Some("unverified") => Self::Unverified,
            _ => Self::Verified,
        }
    }
}

/// Creates a contact without storing it, if it is valid and no one else has it.
pub(in crate::rules) fn new_contact(
    instance: &mut Instance,
    contact: &ContactType,
    user_id: &str,
    value: &str,
    status: Status,
) -> Result<Record, ErrorResponse> {
    let value = value.trim().to_lowercase();
    if !(contact.is_valid)(&value) {
        let message = format!("{value:?} is not a valid {}.", contact.resource.title());
        let code = "form_param_format_invalid";
        return Err(ErrorResponse::param(code, contact.member, message));
    }
    let mut record = instance.new_record(contact.resource);
    record.set("user_id", user_id);
    record.set(contact.member, value);
    match status {
        Status::Verified => record.set("verified", true),
        Status::Reserved => record.set("reserved", true),
        Status::Unverified => {}
    }
    ensure_free(instance, contact, &record)?;
    Ok(record)
}

/// Rejects a contact that someone else has. Several users may have one that is neither verified nor reserved.
pub(in crate::rules) fn ensure_free(
    instance: &Instance,
    contact: &ContactType,
    record: &Record,
) -> Result<(), ErrorResponse> {
    let is_claimed = |it: &Record| it.is("verified") || it.is("reserved");
    let others = instance.all(contact.resource);
    let others = others.with(contact.member, record.str(contact.member));
    let mut others = others.filter(|it| it.id != record.id);
    let conflict = others.any(|it| is_claimed(it) || it.str("user_id") == record.str("user_id"));
    if !conflict {
        return Ok(());
    }
    let title = contact.resource.title();
    let message = format!("Another user, or this one, has this {title} already.");
    let code = "form_identifier_exists";
    Err(ErrorResponse::param(code, contact.member, message))
}

/// Returns the contact of a user that comes next if the primary one is removed: the oldest verified one.
pub(in crate::rules) fn next_primary(
    instance: &Instance,
    contact: &ContactType,
    user_id: &str,
) -> Option<String> {
    let contacts = instance.all(contact.resource);
    let mut contacts = contacts.with("user_id", user_id);
    let next = contacts.find(|it| it.is("verified"));
    next.map(|it| it.id.to_string())
}

/// Only a verified contact can be the primary one.
pub(in crate::rules) fn ensure_verified(
    contact: &ContactType,
    record: &Record,
) -> Result<(), ErrorResponse> {
    if record.is("verified") {
        return Ok(());
    }
    let message = "A contact must be verified to be the primary one.";
    let code = "form_verification_needed";
    Err(ErrorResponse::param(code, contact.primary, message))
}
