//! The waitlist of the application.

use serde_json::{Map, Value, json};

use super::invitations;
use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::changes::{announce, record_id, remove, save};
use crate::resources::rendering::render_object;
use crate::resources::table::{Operations, list, rule};
use crate::store::record::Record;
use crate::tables::contact_format::is_email_address;
use crate::tables::invitations::INVITATION;
use crate::tables::waitlist_entries::WAITLIST_ENTRY;

/// The status and the code of the response to an operation that the status of an entry does not allow.
const WRONG_STATUS: (u16, &str) = (409, "conflict");

pub(super) const OPERATIONS: &Operations = &[
    ("ListWaitlistEntries", list(&WAITLIST_ENTRY)),
    ("CreateWaitlistEntry", rule(create)),
    ("CreateBulkWaitlistEntries", rule(create_several)),
    ("DeleteWaitlistEntry", rule(delete)),
    ("InviteWaitlistEntry", rule(invite)),
    ("RejectWaitlistEntry", rule(reject)),
];

/// Adds an entry. If there is one with the email address, the response is that one.
fn create(call: &mut Call<'_>) -> CallResult {
    let body = call.body();
    let address = checked_address(&body)?;
    Ok(add(call, address))
}

/// Adds several entries: all, or none if one of them is refused.
fn create_several(call: &mut Call<'_>) -> CallResult {
    let bodies = call.body.as_array().cloned().unwrap_or_default();
    let mut addresses: Vec<String> = Vec::new();
    for body in bodies.iter().filter_map(Value::as_object) {
        let address = checked_address(body)?;
        if addresses.contains(&address) {
            let message = format!("The body contains {address:?} twice.");
            let code = "form_param_duplicate";
            return Err(ErrorResponse::param(code, "email_address", message));
        }
        addresses.push(address);
    }
    let entries = addresses.into_iter().map(|it| add(call, it));
    Ok(entries.collect())
}

fn checked_address(body: &Map<String, Value>) -> Result<String, ErrorResponse> {
    let address = body.get("email_address").and_then(Value::as_str);
    let address = address.unwrap_or_default().trim().to_lowercase();
    if is_email_address(&address) {
        return Ok(address);
    }
    let message = format!("{address:?} is not a valid email address.");
    let code = "form_param_format_invalid";
    Err(ErrorResponse::param(code, "email_address", message))
}

fn add(call: &mut Call<'_>, address: String) -> Value {
    let known = call.instance.all(&WAITLIST_ENTRY);
    let known = known.with("email_address", &address).next().cloned();
    if let Some(known) = known {
        return render_object(call.instance, &WAITLIST_ENTRY, &known);
    }
    let mut record = call.instance.new_record(&WAITLIST_ENTRY);
    record.set("email_address", address);
    let response = render_object(call.instance, &WAITLIST_ENTRY, &record);
    call.instance.all_mut(&WAITLIST_ENTRY).insert(record);
    announce(call, WAITLIST_ENTRY.events.created, &response);
    response
}

fn delete(call: &mut Call<'_>) -> CallResult {
    let id = record_id(call, &WAITLIST_ENTRY)?;
    let entry = call.instance.find(&WAITLIST_ENTRY, &id)?;
    require_open(entry, &["pending"])?;
    remove(call, &WAITLIST_ENTRY, &id)
}

/// Invites the person of an entry.
fn invite(call: &mut Call<'_>) -> CallResult {
    let id = record_id(call, &WAITLIST_ENTRY)?;
    let mut entry = call.instance.find(&WAITLIST_ENTRY, &id)?.clone();
    require_open(&entry, &["pending", "rejected"])?;
    let mut body = call.body();
    body.insert(
        "email_address".to_owned(),
        json!(entry.str("email_address")),
    );
    let ignores_users = call.flag("ignore_existing") == Some(true);
    let invitation = invitations::new_invitation(call.instance, &body, ignores_users)?;
    entry.set("invitation_id", &*invitation.id);
    entry.set("invited_at", call.instance.now());
    entry.set("status", "invited");
    invitations::add(call, invitation, &body);
    save(call, &WAITLIST_ENTRY, entry)
}

/// Rejects an entry, and revokes its invitation.
fn reject(call: &mut Call<'_>) -> CallResult {
    let id = record_id(call, &WAITLIST_ENTRY)?;
    let entry = call.instance.find(&WAITLIST_ENTRY, &id)?;
    let invitation_id = entry.str("invitation_id").to_owned();
    require_open(entry, &["pending", "invited"])?;
    call.instance
        .all_mut(&INVITATION)
        .update(&invitation_id, |it| {
            it.set("status", "revoked");
        });
    let mut entry = call.instance.find(&WAITLIST_ENTRY, &id)?.clone();
    entry.set("status", "rejected");
    save(call, &WAITLIST_ENTRY, entry)
}

fn require_open(entry: &Record, allowed: &[&str]) -> Result<(), ErrorResponse> {
    let status = match entry.str("status") {
        "" => "pending",
        status => status,
    };
    if entry.is("is_locked") {
        let message = "The entry is being changed by someone else.";
        return Err(ErrorResponse::new(409, "waitlist_entry_locked", message));
    }
    if !allowed.contains(&status) {
        let (code, message) = (WRONG_STATUS.1, format!("The entry is {status}."));
        return Err(ErrorResponse::new(WRONG_STATUS.0, code, message));
    }
    Ok(())
}
