//! Creating, changing, replacing and deleting a contact. The primary one is a member of the user.

use serde_json::Value;

use super::storage::{Status, ensure_free, ensure_verified, new_contact, next_primary};
use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::changes::{record_id, remove};
use crate::resources::rendering::render;
use crate::rules::users::user;
use crate::store::record::Record;
use crate::tables::contacts::ContactType;
use crate::tables::users::USER;

pub(super) fn create(call: &mut Call<'_>, contact: &ContactType) -> CallResult {
    let user_id = call.text("user_id").unwrap_or_default();
    call.instance.find(&USER, &user_id)?;
    let status = match call.flag("verified") {
        Some(true) => Status::Verified,
        _ => Status::Unverified,
    };
    let value = call.text(contact.member).unwrap_or_default();
    let mut record = new_contact(call.instance, contact, &user_id, &value, status)?;
    set_second_factor(call, contact, &mut record)?;
    let primary_id = call.instance.find(&USER, &user_id)?.str(contact.primary);
    let is_first = primary_id.is_empty() && status == Status::Verified;
    if call.flag("primary") == Some(true) {
        ensure_verified(contact, &record)?;
    }
    if is_first || call.flag("primary") == Some(true) {
        set_primary(call, contact, &user_id, &record.id)?;
    }
    store(call, contact, record)
}

pub(super) fn update(call: &mut Call<'_>, contact: &ContactType) -> CallResult {
    let id = record_id(call, contact.resource)?;
    let mut record = call.instance.find(contact.resource, &id)?.clone();
    if call.flag("verified") == Some(true) && !record.is("verified") {
        record.set("verified", true);
        ensure_free(call.instance, contact, &record)?;
    }
    set_second_factor(call, contact, &mut record)?;
    if call.flag("primary") == Some(true) {
        ensure_verified(contact, &record)?;
        let user_id = record.str("user_id").to_owned();
        set_primary(call, contact, &user_id, &id)?;
    }
    record.updated_at = call.instance.now();
    store(call, contact, record)
}

/// Stores a contact, announces the change of its user, and returns it.
fn store(call: &mut Call<'_>, contact: &ContactType, record: Record) -> CallResult {
    let response = render(call, contact.resource, &record);
    let user_id = record.str("user_id").to_owned();
    call.instance.all_mut(contact.resource).insert(record);
    user::announce_update(call, &user_id)?;
    Ok(response)
}

pub(super) fn delete(call: &mut Call<'_>, contact: &ContactType) -> CallResult {
    let id = record_id(call, contact.resource)?;
    let record = call.instance.find(contact.resource, &id)?;
    let is_linked = record.get("linked_to").and_then(Value::as_array);
    if is_linked.is_some_and(|it| !it.is_empty()) {
        let message = "The contact belongs to an external account.";
        let code = "delete_linked_identification_disallowed";
        return Err(ErrorResponse::new(400, code, message));
    }
    let user_id = record.str("user_id").to_owned();
    let deleted = remove(call, contact.resource, &id)?;
    forget_primary(call, contact, &user_id, &id)?;
    user::announce_update(call, &user_id)?;
    Ok(deleted)
}

/// Makes the next contact the primary one, if a removed one was.
pub(in crate::rules) fn forget_primary(
    call: &mut Call<'_>,
    contact: &ContactType,
    user_id: &str,
    id: &str,
) -> Result<(), ErrorResponse> {
    let next = next_primary(call.instance, contact, user_id);
    call.instance.change(&USER, user_id, |user| {
        if user.str(contact.primary) == id {
            match next {
                Some(next) => user.set(contact.primary, next),
                None => drop(user.remove(contact.primary)),
            }
        }
    })
}

/// Replaces all contacts of a user, of one type, by a new one.
pub(super) fn replace(call: &mut Call<'_>, contact: &ContactType) -> CallResult {
    let user_id = call.path_param(0);
    call.instance.find(&USER, &user_id)?;
    let status = call.text("identification_status");
    let status = Status::parse(status.as_deref());
    let value = call.text(contact.member).unwrap_or_default();
    let all = call.instance.all_mut(contact.resource);
    let old = all.ids_with("user_id", &user_id);
    let old: Vec<Record> = old.iter().filter_map(|id| all.remove(id)).collect();
    let record = match new_contact(call.instance, contact, &user_id, &value, status) {
        Ok(record) => record,
        Err(error) => {
            let all = call.instance.all_mut(contact.resource);
            old.into_iter().for_each(|it| all.insert(it));
            return Err(error);
        }
    };
    set_primary(call, contact, &user_id, &record.id)?;
    store(call, contact, record)
}

fn set_primary(
    call: &mut Call<'_>,
    contact: &ContactType,
    user_id: &str,
    id: &str,
) -> Result<(), ErrorResponse> {
    call.instance.change(&USER, user_id, |user| {
        user.set(contact.primary, id);
    })
}

/// Changes whether a phone number is a second factor. The first one of a user is the default.
fn set_second_factor(
    call: &Call<'_>,
    contact: &ContactType,
    record: &mut Record,
) -> Result<(), ErrorResponse> {
    let Some(is_reserved) = call.flag("reserved_for_second_factor") else {
        return Ok(());
    };
    if is_reserved && !record.is("verified") {
        let code = match call.path.is_empty() {
            true => "identification_create_second_factor_unverified",
            false => "identification_update_second_factor_unverified",
        };
        let message = "A phone number must be verified to be a second factor.";
        return Err(ErrorResponse::new(400, code, message));
    }
    record.set("reserved_for_second_factor", is_reserved);
    let others = call.instance.all(contact.resource);
    let mut others = others.with("user_id", record.str("user_id"));
    let is_default = is_reserved && !others.any(|it| it.is("default_second_factor"));
    match is_default || (is_reserved && record.is("default_second_factor")) {
        true => record.set("default_second_factor", true),
        false => drop(record.remove("default_second_factor")),
    }
    Ok(())
}
