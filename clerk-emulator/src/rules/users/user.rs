//! The table of users. Their contacts and accounts are records of their own, of which responses are composed.

use serde_json::{Value, json};

use super::accounts::{EXTERNAL_ACCOUNT, PASSKEY};
use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::changes::{announce_object, save};
use crate::resources::images;
use crate::resources::resource::{Events, Literal, Resource, kind, unique};
use crate::rules::contacts::resources::{
    EMAIL, EMAIL_ADDRESS, PHONE, PHONE_NUMBER, TYPES, WALLET, WEB3_WALLET,
};
use crate::rules::contacts::storage::primary_value;
use crate::store::instance::Instance;
use crate::store::record::Record;

pub(in crate::rules) static USER: Resource = Resource {
    kind: kind("user", "user", &["external_id", "username"]),
    schema: "User",
    unique: &[
        unique("username", "form_identifier_exists"),
        unique("external_id", "form_identifier_exists"),
    ],
    defaults: &[
        ("banned", Literal::Bool(false)),
        ("create_organization_enabled", Literal::Bool(true)),
        ("delete_self_enabled", Literal::Bool(true)),
        ("private_metadata", Literal::Json("{}")),
    ],
    omitted: &["organization_memberships"],
    lists: &[
        ("email_addresses", &EMAIL_ADDRESS, "user_id"),
        ("phone_numbers", &PHONE_NUMBER, "user_id"),
        ("web3_wallets", &WEB3_WALLET, "user_id"),
        ("external_accounts", &EXTERNAL_ACCOUNT, "user_id"),
        ("passkeys", &PASSKEY, "user_id"),
    ],
    computed: &[
        ("image_url", image_url),
        ("profile_image_url", image_url),
        ("password_enabled", |_, user| {
            json!(user.get("password_hash").is_some())
        }),
        ("totp_enabled", |_, user| {
            json!(user.get("totp_secret").is_some())
        }),
        ("backup_code_enabled", |_, user| {
            json!(!user.strings("backup_codes").is_empty())
        }),
        ("two_factor_enabled", |it, user| {
            json!(has_second_factor(it, user))
        }),
        ("locked", |it, user| {
            json!(lock_time_left(it, user).is_some())
        }),
        ("lockout_expires_in_seconds", |it, user| {
            json!(lock_time_left(it, user).map(|it| it / 1000))
        }),
        ("verification_attempts_remaining", |it, user| {
            json!(lock_time_left(it, user).map_or(10, |_| 0))
        }),
        // No members of responses: lists are sorted and searched by them.
        ("email_address", |it, user| {
            json!(primary_value(it, &EMAIL, user))
        }),
        ("phone_number", |it, user| {
            json!(primary_value(it, &PHONE, user))
        }),
        ("web3wallet", |it, user| {
            json!(primary_value(it, &WALLET, user))
        }),
        ("searched_text", searched_text),
    ],
    searched: &["searched_text"],
    events: Events {
        created: Some("user.created"),
        updated: Some("user.updated"),
        deleted: Some("user.deleted"),
    },
    ..Resource::NEW
};

pub(in crate::rules) fn image_url(_: &Instance, user: &Record) -> Value {
    match user.str("image_url") {
        "" => images::generated_url(&user.id).into(),
        url => url.into(),
    }
}

/// Returns the full name; nothing if the user has none.
pub(in crate::rules) fn full_name(user: &Record) -> Option<String> {
    let names = [user.str("first_name"), user.str("last_name")];
    let name = names.join(" ").trim().to_owned();
    (!name.is_empty()).then_some(name)
}

fn searched_text(instance: &Instance, user: &Record) -> Value {
    let mut texts = vec![
        user.str("username").to_owned(),
        full_name(user).unwrap_or_default(),
    ];
    for contact in TYPES {
        let records = instance.all(contact.resource).with("user_id", &user.id);
        texts.extend(records.map(|it| it.str(contact.member).to_owned()));
    }
    texts.join("\n").into()
}

/// Returns whether a second factor is set up. Backup codes alone are none.
fn has_second_factor(instance: &Instance, user: &Record) -> bool {
    let phone_numbers = instance.all(&PHONE_NUMBER);
    let mut phone_numbers = phone_numbers.with("user_id", &user.id);
    user.get("totp_secret").is_some() || phone_numbers.any(|it| it.is("reserved_for_second_factor"))
}

/// Returns for how many milliseconds a user is locked.
pub(super) fn lock_time_left(instance: &Instance, user: &Record) -> Option<i64> {
    let left = user.i64("locked_until")? - instance.now();
    (left > 0).then_some(left)
}

/// Stores a changed user, announces the change, and returns the user as the response.
pub(super) fn save_user(call: &mut Call<'_>, mut user: Record) -> CallResult {
    set_mfa_times(call.instance, &mut user);
    save(call, &USER, user)
}

/// Announces that a user has changed, because something that belongs to the user has.
pub(in crate::rules) fn announce_update(
    call: &mut Call<'_>,
    user_id: &str,
) -> Result<(), ErrorResponse> {
    let mut user = call.instance.find(&USER, user_id)?.clone();
    set_mfa_times(call.instance, &mut user);
    user.updated_at = call.instance.now();
    call.instance.all_mut(&USER).insert(user.clone());
    announce_object(call, "user.updated", &USER, &user);
    Ok(())
}

/// Sets when the second factors were set up or removed, if that has changed.
pub(super) fn set_mfa_times(instance: &Instance, user: &mut Record) {
    let is_enabled = has_second_factor(instance, user);
    if is_enabled == user.is("has_mfa") {
        return;
    }
    user.set("has_mfa", is_enabled);
    let name = match is_enabled {
        true => "mfa_enabled_at",
        false => "mfa_disabled_at",
    };
    user.set(name, instance.now());
}
