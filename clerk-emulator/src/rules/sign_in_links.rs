//! Links that sign someone in: sign-in tokens, actor tokens and agent tasks. Testing tokens are no records.

use aws_lc_rs::digest;
use serde_json::{Value, json};

use super::tickets::{ticket, ticket_url};
use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::changes::{change_state, insert, new_record};
use crate::resources::table::{Operations, change, rule};
use crate::store::instance::Instance;
use crate::store::record::Record;
use crate::tables::contacts::TYPES;
use crate::tables::organization_records::membership;
use crate::tables::sign_in_links::{
    ACTOR_TOKEN, AGENT_TASK, REVOKE_ACTOR_TOKEN, REVOKE_AGENT_TASK, REVOKE_SIGN_IN_TOKEN,
    SIGN_IN_TOKEN,
};
use crate::tables::users::USER;

pub(super) const OPERATIONS: &Operations = &[
    ("CreateSignInToken", rule(create_sign_in_token)),
    (
        "RevokeSignInToken",
        change(&SIGN_IN_TOKEN, &REVOKE_SIGN_IN_TOKEN),
    ),
    ("CreateActorToken", rule(create_actor_token)),
    (
        "RevokeActorToken",
        change(&ACTOR_TOKEN, &REVOKE_ACTOR_TOKEN),
    ),
    ("CreateAgentTask", rule(create_agent_task)),
    ("RevokeAgentTask", rule(revoke_agent_task)),
    ("CreateTestingToken", rule(create_testing_token)),
];

fn create_sign_in_token(call: &mut Call<'_>) -> CallResult {
    let user_id = call.text("user_id").unwrap_or_default();
    call.instance.find(&USER, &user_id)?;
    if let Some(organization_id) = call.text("org_id")
        && membership(call.instance, &user_id, &organization_id).is_none()
    {
        let message = format!("The user is not a member of an organization {organization_id:?}.");
        let code = "not_a_member_in_organization";
        return Err(ErrorResponse::new(403, code, message));
    }
    let mut record = new_record(call, &SIGN_IN_TOKEN)?;
    let lifetime = call.number("expires_in_seconds").unwrap_or(30 * 24 * 3600);
    add_ticket(call.instance, &mut record, "sign_in_token", lifetime);
    insert(call, &SIGN_IN_TOKEN, record)
}

fn create_actor_token(call: &mut Call<'_>) -> CallResult {
    let user_id = call.text("user_id").unwrap_or_default();
    if call.instance.all(&USER).get(&user_id).is_none() {
        let message = format!("There is no user with the id {user_id:?}.");
        let code = "form_resource_not_found";
        return Err(ErrorResponse::param(code, "user_id", message));
    }
    let mut record = new_record(call, &ACTOR_TOKEN)?;
    let lifetime = call.number("expires_in_seconds").unwrap_or(3600);
    add_ticket(call.instance, &mut record, "actor_token", lifetime);
    insert(call, &ACTOR_TOKEN, record)
}

fn add_ticket(instance: &Instance, record: &mut Record, kind: &str, lifetime_seconds: i64) {
    let ticket = ticket(instance, kind, &record.id, lifetime_seconds);
    record.set("url", ticket_url(&ticket));
    record.set("token", ticket);
}

/// Creates a task for the user that `on_behalf_of` names by id or by a contact.
fn create_agent_task(call: &mut Call<'_>) -> CallResult {
    let subject = call.get("on_behalf_of").cloned().unwrap_or_default();
    let user_id = match (subject["user_id"].as_str(), subject["identifier"].as_str()) {
        (Some(id), None) => call.instance.find(&USER, id)?.id.to_string(),
        (None, Some(identifier)) => user_with(call.instance, identifier)
            .ok_or_else(|| ErrorResponse::not_found("user", identifier))?,
        _ => {
            let message = "\"on_behalf_of\" must have either \"user_id\" or \"identifier\".";
            let code = "form_param_value_invalid";
            return Err(ErrorResponse::param(code, "on_behalf_of", message));
        }
    };
    let mut record = new_record(call, &AGENT_TASK)?;
    record.set("user_id", user_id);
    let name = call.text("agent_name").unwrap_or_default();
    record.set("agent_id", agent_id(call.instance, &name));
    let lifetime = 30 * 60;
    add_ticket(call.instance, &mut record, "agent_task", lifetime);
    insert(call, &AGENT_TASK, record)
}

/// Returns the user with a contact or username.
fn user_with(instance: &Instance, identifier: &str) -> Option<String> {
    let lower = identifier.to_lowercase();
    let contact = TYPES.into_iter().find_map(|contact| {
        let mut records = instance.all(contact.resource).with(contact.member, &lower);
        records.next().map(|it| it.str("user_id").to_owned())
    });
    contact.or_else(|| {
        let users = instance.all(&USER);
        users.ids_with("username", identifier).into_iter().next()
    })
}

/// Returns the id of an agent, which depends only on the instance and the name.
fn agent_id(instance: &Instance, name: &str) -> String {
    let text = format!("{} {name}", instance.id);
    let hash = digest::digest(&digest::SHA256, text.as_bytes());
    let digits = hash.as_ref().iter().take(16);
    let digits: String = digits.map(|byte| format!("{byte:02x}")).collect();
    format!("agent_{digits}")
}

fn revoke_agent_task(call: &mut Call<'_>) -> CallResult {
    let id = call.path_param(0);
    if call.instance.all(&AGENT_TASK).get(&id).is_none() {
        let message = format!("There is no agent task with the id {id:?}.");
        return Err(ErrorResponse::new(404, "agent_task_not_found", message));
    }
    change_state(call, &AGENT_TASK, &REVOKE_AGENT_TASK)
}

/// Creates a token that lets tests pass the detection of bots for an hour.
fn create_testing_token(call: &mut Call<'_>) -> CallResult {
    let now = call.instance.now();
    let token = format!("{}-c_{}", now / 1000, call.instance.ids.sortable(now));
    let response: Value = json!({
        "object": "testing_token",
        "token": token,
        "expires_at": now / 1000 + 3600,
    });
    Ok(response)
}
