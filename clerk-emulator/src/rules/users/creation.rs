//! Creating a user with contacts and credentials: all of it, or nothing.

use super::credentials::apply_credentials;
use super::profile::check_profile;
use super::user::set_mfa_times;
use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::changes::{ensure_unique, insert, new_record};
use crate::resources::metadata::check_sizes;
use crate::rules::contacts::storage::{Status, new_contact};
use crate::store::instance::Instance;
use crate::store::options::Preset;
use crate::store::record::Record;
use crate::tables::contacts::{ContactType, TYPES};
use crate::tables::users::USER;

/// For how long a user is locked.
pub(super) const LOCK_MS: i64 = 60 * 60 * 1000;

pub(super) fn create(call: &mut Call<'_>) -> CallResult {
    require_quota(call.instance)?;
    check_sizes(call)?;
    let mut user = new_record(call, &USER)?;
    check_profile(call, &mut user)?;
    apply_credentials(call, &mut user)?;
    if user.remove("locked") == Some(true.into()) {
        user.set("locked_until", call.instance.now() + LOCK_MS);
    }
    let mut contacts = Vec::new();
    for contact in TYPES {
        let records = new_contacts(call, contact, &user)?;
        let first = records.iter().find(|it| it.is("verified"));
        if let Some(primary) = first.or(records.first()) {
            user.set(contact.primary, &*primary.id);
        }
        contacts.push((contact, records));
    }
    let has_contact = contacts.iter().any(|(_, records)| !records.is_empty());
    let is_optional = call.flag("skip_user_requirement") == Some(true)
        || call.instance.options.preset == Preset::Permissive;
    if !has_contact && user.get("username").is_none() && !is_optional {
        return Err(no_identifier());
    }
    ensure_unique(call.instance, &USER, &user)?;
    for (contact, records) in contacts {
        let all = call.instance.all_mut(contact.resource);
        records.into_iter().for_each(|it| all.insert(it));
    }
    set_mfa_times(call.instance, &mut user);
    insert(call, &USER, user)
}

/// Rejects more users than the instance may have.
pub(in crate::rules) fn require_quota(instance: &Instance) -> Result<(), ErrorResponse> {
    let quota = instance.options.user_quota;
    match quota.filter(|it| instance.all(&USER).len() >= *it) {
        None => Ok(()),
        Some(quota) => {
            let message = format!("The instance may have at most {quota} users.");
            Err(ErrorResponse::new(403, "user_quota_exceeded", message))
        }
    }
}

/// Creates the contacts of one type that the body has.
fn new_contacts(
    call: &mut Call<'_>,
    contact: &ContactType,
    user: &Record,
) -> Result<Vec<Record>, ErrorResponse> {
    let values = call.texts(contact.member);
    let name = format!("{}_identification_status", contact.member);
    let statuses = call.texts(&name);
    if !statuses.is_empty() && statuses.len() != values.len() {
        let message = format!(
            "{name:?} must have one item for each of {:?}.",
            contact.member
        );
        let code = "form_param_array_length_mismatch";
        return Err(ErrorResponse::param(code, &name, message));
    }
    let mut records: Vec<Record> = Vec::new();
    for (index, value) in values.iter().enumerate() {
        let status = Status::parse(statuses.get(index).map(String::as_str));
        let record = new_contact(call.instance, contact, &user.id, value, status)?;
        let value = record.str(contact.member);
        if records.iter().any(|it| it.str(contact.member) == value) {
            let message = format!("{:?} contains {value:?} twice.", contact.member);
            let code = "form_param_duplicate";
            return Err(ErrorResponse::param(code, contact.member, message));
        }
        records.push(record);
    }
    Ok(records)
}

fn no_identifier() -> ErrorResponse {
    let message = "A user needs an email address, a phone number, a wallet or a username.";
    let names = ["email_address", "phone_number", "web3_wallet", "username"];
    let error = ErrorResponse::new(422, "form_data_missing", message);
    error.with_meta("names", serde_json::json!(names))
}
