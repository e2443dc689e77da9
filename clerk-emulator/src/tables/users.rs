//! The table of users. Their contacts and accounts are records of their own, of which responses are composed.

use serde_json::{Value, json};

use super::contacts::{
    EMAIL, EMAIL_ADDRESS, PHONE, PHONE_NUMBER, TYPES, WALLET, WEB3_WALLET, primary_value,
};
use super::user_accounts::{EXTERNAL_ACCOUNT, PASSKEY};
use crate::resources::images;
use crate::resources::resource::{Events, Literal, Resource, kind, unique};
use crate::store::instance::Instance;
use crate::store::record::Record;

pub(crate) static USER: Resource = Resource {
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

pub(crate) fn image_url(_: &Instance, user: &Record) -> Value {
    match user.str("image_url") {
        "" => images::generated_url(&user.id).into(),
        url => url.into(),
    }
}

/// Returns the full name; nothing if the user has none.
pub(crate) fn full_name(user: &Record) -> Option<String> {
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
pub(crate) fn has_second_factor(instance: &Instance, user: &Record) -> bool {
    let phone_numbers = instance.all(&PHONE_NUMBER);
    let mut phone_numbers = phone_numbers.with("user_id", &user.id);
    user.get("totp_secret").is_some() || phone_numbers.any(|it| it.is("reserved_for_second_factor"))
}

/// Returns for how many milliseconds a user is locked.
pub(crate) fn lock_time_left(instance: &Instance, user: &Record) -> Option<i64> {
    let left = user.i64("locked_until")? - instance.now();
    (left > 0).then_some(left)
}
