//! Invitations to the application.

use serde_json::{Map, Value, json};

use super::restrictions::require_not_blocked;
use super::tickets::{ticket, ticket_url};
use crate::document::api_document::ApiDocument;
use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::changes::{announce, apply, record_id, save};
use crate::resources::listing::list_where;
use crate::resources::rendering::render_object;
use crate::resources::table::{Operations, rule};
use crate::store::instance::Instance;
use crate::store::record::Record;
use crate::tables::contact_format::is_email_address;
use crate::tables::contacts::EMAIL_ADDRESS;
use crate::tables::invitations::{INVITATION, is_pending};

pub(super) const OPERATIONS: &Operations = &[
    ("ListInvitations", rule(list_invitations)),
    ("CreateInvitation", rule(create)),
    ("CreateBulkInvitations", rule(create_several)),
    ("RevokeInvitation", rule(revoke)),
];

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// Lists invitations; those that are revoked only if the query asks for them.
fn list_invitations(call: &mut Call<'_>) -> CallResult {
    let has_status = call.query("status").is_some();
    list_where(call, &INVITATION, |it| {
        has_status || it.str("status") != "revoked"
    })
}

fn create(call: &mut Call<'_>) -> CallResult {
    let body = call.body();
    let ignores_users = body.get("ignore_existing") == Some(&json!(true));
    let record = new_invitation(call.instance, &body, ignores_users)?;
    Ok(add(call, record, &body))
}

/// Creates several invitations: all, or none if one of them is refused.
fn create_several(call: &mut Call<'_>) -> CallResult {
    let bodies = call.body.as_array().cloned().unwrap_or_default();
    let bodies = bodies.iter().filter_map(Value::as_object);
    let bodies: Vec<Map<String, Value>> = bodies.cloned().collect();
    let mut records: Vec<Record> = Vec::new();
    for body in &bodies {
        let record = new_invitation(call.instance, body, false)?;
        let address = record.str("email_address");
        if records.iter().any(|it| it.str("email_address") == address) {
            return Err(duplicate(address));
        }
        records.push(record);
    }
    let invitations = records.into_iter().zip(&bodies);
    let invitations = invitations.map(|(record, body)| add(call, record, body));
    Ok(invitations.collect())
}

/// Creates an invitation without storing it. A person may have only one that is pending, and no account.
pub(super) fn new_invitation(
    instance: &mut Instance,
    body: &Map<String, Value>,
    ignores_users: bool,
) -> Result<Record, ErrorResponse> {
    let address = body.get("email_address").and_then(Value::as_str);
    let address = address.unwrap_or_default().trim().to_lowercase();
    let fault = |code, message| Err(ErrorResponse::param(code, "email_address", message));
    if !is_email_address(&address) {
        let message = format!("{address:?} is not a valid email address.");
        return fault("form_param_format_invalid", message);
    }
    require_not_blocked(instance, &address)?;
    let ignores_invitations = body.get("ignore_existing") == Some(&json!(true));
    if !ignores_invitations && is_invited(instance, &address) {
        return Err(duplicate(&address));
    }
    if !ignores_users && is_user(instance, &address) {
        let message = format!("A user has the email address {address:?}.");
        return fault("form_identifier_exists", message);
    }
    let mut record = instance.new_record(&INVITATION);
    if let Some(shape) = ApiDocument::embedded().object_shape(INVITATION.schema) {
        apply(&mut record, shape, body)?;
    }
    record.set("email_address", address);
    let days = body.get("expires_in_days").and_then(Value::as_i64);
    let lifetime = days.unwrap_or(30).clamp(1, 365) * DAY_SECONDS;
    record.set("expires_at", instance.now() + lifetime * 1000);
    let ticket = ticket(instance, "invitation", &record.id, lifetime);
    record.set("url", ticket_url(&ticket));
    Ok(record)
}

fn is_invited(instance: &Instance, address: &str) -> bool {
    let mut invitations = instance.all(&INVITATION).with("email_address", address);
    invitations.any(|it| is_pending(instance, it))
}

fn is_user(instance: &Instance, address: &str) -> bool {
    let mut contacts = instance.all(&EMAIL_ADDRESS).with("email_address", address);
    contacts.any(|it| it.is("verified") || it.is("reserved"))
}

fn duplicate(address: &str) -> ErrorResponse {
    let message = format!("There is a pending invitation for {address:?}.");
    let error = ErrorResponse::new(400, "duplicate_record", message);
    error.with_meta("email_addresses", json!([address]))
}

/// Stores an invitation, announces the message unless the body forbids one, and returns it.
pub(super) fn add(call: &mut Call<'_>, record: Record, body: &Map<String, Value>) -> Value {
    let response = render_object(call.instance, &INVITATION, &record);
    if body.get("notify") != Some(&json!(false)) {
        let now = call.instance.now();
        let text = "You are invited.";
        let data = json!({
            "object": "email", "id": call.instance.ids.id("ema", now), "slug": "invitation",
            "from_email_name": "invitations", "reply_to_email_name": null,
            "email_address_id": null, "to_email_address": record.str("email_address"),
            "user_id": null, "subject": text, "body": text, "body_plain": text,
            "status": "queued", "delivered_by_clerk": true,
            "data": { "action_url": record.str("url") },
        });
        announce(call, Some("email.created"), &data);
    }
    call.instance.all_mut(&INVITATION).insert(record);
    response
}

fn revoke(call: &mut Call<'_>) -> CallResult {
    let id = record_id(call, &INVITATION)?;
    let mut record = call.instance.find(&INVITATION, &id)?.clone();
    let code = match record.str("status") {
        "revoked" => "invitation_already_revoked",
        "accepted" => "invitation_already_accepted",
        _ => {
            record.set("status", "revoked");
            return save(call, &INVITATION, record);
        }
    };
    let message = format!("The invitation is {} already.", record.str("status"));
    Err(ErrorResponse::new(400, code, message))
}
