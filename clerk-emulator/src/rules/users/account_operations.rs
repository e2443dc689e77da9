//! Deleting external accounts, passkeys, wallets and trusted devices, and the access tokens of external accounts.

use serde_json::{Value, json};

use super::user;
use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::changes::{record_id, remove};
use crate::resources::listing::{list_response, list_where};
use crate::resources::rendering::render;
use crate::resources::resource::Resource;
use crate::rules::contacts::operations::forget_primary;
use crate::store::record::Record;
use crate::tables::contacts::{EMAIL_ADDRESS, WALLET};
use crate::tables::user_accounts::{EXTERNAL_ACCOUNT, PASSKEY, TRUSTED_DEVICE, provider};
use crate::tables::users::USER;

pub(super) fn delete_passkey(call: &mut Call<'_>) -> CallResult {
    delete_of_user(call, &PASSKEY)
}

pub(super) fn delete_wallet(call: &mut Call<'_>) -> CallResult {
    let id = record_id(call, WALLET.resource)?;
    let deleted = remove(call, WALLET.resource, &id)?;
    let user_id = call.path_param(0);
    forget_primary(call, &WALLET, &user_id, &id)?;
    user::announce_update(call, &user_id)?;
    Ok(deleted)
}

/// Deletes an external account, and unlinks the contacts that came with it.
pub(super) fn delete_external_account(call: &mut Call<'_>) -> CallResult {
    let id = record_id(call, &EXTERNAL_ACCOUNT)?;
    let identification_id = call.instance.find(&EXTERNAL_ACCOUNT, &id)?;
    let identification_id = identification_id.str("identification_id").to_owned();
    let user_id = call.path_param(0);
    let contacts = call.instance.all(&EMAIL_ADDRESS);
    for contact in contacts.ids_with("user_id", &user_id) {
        let contacts = call.instance.all_mut(&EMAIL_ADDRESS);
        contacts.update(&contact, |it| {
            let links = it.get("linked_to").and_then(Value::as_array).cloned();
            let links = links.unwrap_or_default().into_iter();
            let is_other = |it: &Value| it["id"] != *id && it["id"] != *identification_id;
            it.set("linked_to", links.filter(is_other).collect::<Value>());
        });
    }
    delete_of_user(call, &EXTERNAL_ACCOUNT)
}

fn delete_of_user(call: &mut Call<'_>, resource: &Resource) -> CallResult {
    let id = record_id(call, resource)?;
    let deleted = remove(call, resource, &id)?;
    let user_id = call.path_param(0);
    user::announce_update(call, &user_id)?;
    Ok(deleted)
}

pub(super) fn list_devices(call: &mut Call<'_>) -> CallResult {
    call.instance.find(&USER, &call.path_param(0))?;
    list_where(call, &TRUSTED_DEVICE, |it| it.str("status") != "revoked")
}

pub(super) fn revoke_device(call: &mut Call<'_>) -> CallResult {
    let id = record_id(call, &TRUSTED_DEVICE)?;
    let now = call.instance.now();
    call.instance.change(&TRUSTED_DEVICE, &id, |it| {
        it.set("status", "revoked");
        it.set("revoked_at", now);
    })?;
    let device = call.instance.find(&TRUSTED_DEVICE, &id)?;
    Ok(render(call, &TRUSTED_DEVICE, device))
}

/// Lists the access tokens of a user's external accounts with a provider.
pub(super) fn list_access_tokens(call: &mut Call<'_>) -> CallResult {
    let [user_id, wanted] = [0, 1].map(|index| call.path_param(index));
    call.instance.find(&USER, &user_id)?;
    let wanted = wanted.strip_prefix("oauth_").unwrap_or(&wanted);
    let accounts = call.instance.all(&EXTERNAL_ACCOUNT);
    let accounts = accounts.with("user_id", &user_id);
    let accounts: Vec<&Record> = accounts.filter(|it| provider(it) == wanted).collect();
    if accounts.is_empty() {
        let message = format!("The user has no account with the provider {wanted:?}.");
        let code = "oauth_token_provider_not_enabled";
        return Err(ErrorResponse::new(404, code, message));
    }
    let Some(tokens) = accounts.iter().map(|it| access_token(it)).collect() else {
        let message = "The provider has returned no access token.";
        return Err(ErrorResponse::new(
            422,
            "oauth_missing_access_token",
            message,
        ));
    };
    let total = accounts.len();
    Ok(list_response(call, None, tokens, total))
}

fn access_token(account: &Record) -> Option<Value> {
    let token = account.get("access_token")?;
    let scopes = account.str("approved_scopes").split(' ');
    let scopes: Vec<&str> = scopes.filter(|it| !it.is_empty()).collect();
    Some(json!({
        "object": "oauth_access_token",
        "external_account_id": account.id,
        "provider_user_id": account.str("provider_user_id"),
        "provider": format!("oauth_{}", provider(account)),
        "token": token,
        "public_metadata": account.get("public_metadata").cloned().unwrap_or_else(|| json!({})),
        "label": account.get("label"),
        "scopes": scopes,
        "expires_at": null,
    }))
}
