//! Deleting a user, and everything that belongs to one.

use crate::resources::call::{Call, CallResult};
use crate::resources::changes::{record_id, remove};
use crate::rules::{credentials, organization_memberships};
use crate::store::instance::Instance;
use crate::tables::contacts::{EMAIL_ADDRESS, PHONE_NUMBER, WEB3_WALLET};
use crate::tables::organization_memberships::MEMBERSHIP;
use crate::tables::sessions::{CLIENT, SESSION};
use crate::tables::sign_in_links::{ACTOR_TOKEN, AGENT_TASK, SIGN_IN_TOKEN};
use crate::tables::user_accounts::{EXTERNAL_ACCOUNT, PASSKEY, TRUSTED_DEVICE};
use crate::tables::users::USER;

pub(super) fn delete(call: &mut Call<'_>) -> CallResult {
    let id = record_id(call, &USER)?;
    let deleted = call.instance.find(&USER, &id)?.clone();
    for membership in call.instance.all(&MEMBERSHIP).ids_with("user_id", &id) {
        organization_memberships::remove(call, &membership)?;
    }
    remove_sessions(call.instance, &id);
    credentials::remove_all(call.instance, &id);
    for resource in [
        &EMAIL_ADDRESS,
        &PHONE_NUMBER,
        &WEB3_WALLET,
        &EXTERNAL_ACCOUNT,
        &PASSKEY,
        &TRUSTED_DEVICE,
        &SIGN_IN_TOKEN,
        &ACTOR_TOKEN,
        &AGENT_TASK,
    ] {
        call.instance.remove_with(resource, "user_id", &id);
    }
    remove(call, &USER, &deleted.id)
}

/// Removes the sessions of a user, and the clients that have no others.
fn remove_sessions(instance: &mut Instance, user_id: &str) {
    for session in instance.remove_with(&SESSION, "user_id", user_id) {
        let client_id = session.str("client_id");
        let mut others = instance.all(&SESSION).with("client_id", client_id);
        if others.next().is_none() {
            drop(others);
            instance.all_mut(&CLIENT).remove(client_id);
        }
    }
}
