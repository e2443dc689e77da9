//! The tables of email addresses, phone numbers and wallets.

use serde_json::{Value, json};

use super::contact_format;
use crate::resources::resource::{Resource, kind};
use crate::store::instance::Instance;
use crate::store::record::Record;

pub(crate) static EMAIL_ADDRESS: Resource = Resource {
    kind: kind("email_address", "idn", &["user_id", "email_address"]),
    schema: "EmailAddress",
    computed: &[("verification", email_verification)],
    ..Resource::NEW
};

pub(crate) static PHONE_NUMBER: Resource = Resource {
    kind: kind("phone_number", "idn", &["user_id", "phone_number"]),
    schema: "PhoneNumber",
    computed: &[("verification", phone_verification)],
    ..Resource::NEW
};

pub(crate) static WEB3_WALLET: Resource = Resource {
    kind: kind("web3_wallet", "idn", &["user_id", "web3_wallet"]),
    schema: "Web3Wallet",
    computed: &[("verification", |_, record| admin_verification(record))],
    ..Resource::NEW
};

/// A type of contact.
#[derive(Debug)]
pub(crate) struct ContactType {
    pub(crate) resource: &'static Resource,
    /// The member that has the contact itself.
    pub(crate) member: &'static str,
    /// The member of the user that has the id of the primary contact.
    pub(crate) primary: &'static str,
    pub(crate) is_valid: fn(&str) -> bool,
    /// The strategy of a verification by code.
    pub(crate) strategy: &'static str,
}

pub(crate) static EMAIL: ContactType = ContactType {
    resource: &EMAIL_ADDRESS,
    member: "email_address",
    primary: "primary_email_address_id",
    is_valid: contact_format::is_email_address,
    strategy: "email_code",
};

pub(crate) static PHONE: ContactType = ContactType {
    resource: &PHONE_NUMBER,
    member: "phone_number",
    primary: "primary_phone_number_id",
    is_valid: contact_format::is_phone_number,
    strategy: "phone_code",
};

pub(crate) static WALLET: ContactType = ContactType {
    resource: &WEB3_WALLET,
    member: "web3_wallet",
    primary: "primary_web3_wallet_id",
    is_valid: contact_format::is_wallet,
    strategy: "web3_metamask_signature",
};

/// All types of contact.
pub(crate) static TYPES: [&ContactType; 3] = [&EMAIL, &PHONE, &WALLET];

fn email_verification(instance: &Instance, record: &Record) -> Value {
    verification(instance, record, EMAIL.strategy)
}

fn phone_verification(instance: &Instance, record: &Record) -> Value {
    verification(instance, record, PHONE.strategy)
}

/// Returns the verification of a contact: by an administrator, by a code, or none.
///
/// A contact that is verified stays so when another code is sent.
fn verification(instance: &Instance, record: &Record, strategy: &str) -> Value {
    let status = match record.is("verified") {
        true if !record.is("verified_by_code") => return admin_verification(record),
        true => "verified",
        false if record.str("code_id").is_empty() => return Value::Null,
        false => code_status(instance, record),
    };
    json!({
        "object": "verification_otp",
        "status": status,
        "strategy": strategy,
        "attempts": record.i64("attempts"),
        "expire_at": record.i64("code_expires_at"),
    })
}

fn admin_verification(record: &Record) -> Value {
    match record.is("verified") {
        false => Value::Null,
        true => json!({
            "object": "verification_admin", "status": "verified", "strategy": "admin",
            "attempts": null, "expire_at": null,
        }),
    }
}

/// The number of attempts to enter a code.
pub(crate) const MAX_ATTEMPTS: i64 = 3;

/// Returns the status of a verification by code.
pub(crate) fn code_status(instance: &Instance, record: &Record) -> &'static str {
    let expires_at = record.i64("code_expires_at").unwrap_or_default();
    if record.is("code_accepted") {
        "verified"
    } else if record.i64("attempts").unwrap_or_default() >= MAX_ATTEMPTS {
        "failed"
    } else if instance.now() >= expires_at {
        "expired"
    } else {
        "unverified"
    }
}

/// Returns the value of the primary contact of a user, or of the first one if none is.
pub(crate) fn primary_value<'i>(
    instance: &'i Instance,
    contact: &ContactType,
    user: &Record,
) -> Option<&'i str> {
    let contacts = instance.all(contact.resource);
    let primary = contacts.get(user.str(contact.primary));
    let record = primary.or_else(|| contacts.with("user_id", &user.id).next());
    record.map(|it| it.str(contact.member))
}

/// Returns the values of a user's contacts of one type.
pub(crate) fn contact_values<'i>(
    instance: &'i Instance,
    contact: &ContactType,
    user_id: &str,
) -> impl Iterator<Item = &'i str> + use<'i> {
    let member = contact.member;
    let contacts = instance.all(contact.resource).with("user_id", user_id);
    contacts.map(move |it| it.str(member))
}

/// Returns the users who have a contact.
pub(crate) fn users_with_email(instance: &Instance, email_address: &str) -> Vec<String> {
    let known = instance.all(&EMAIL_ADDRESS);
    let known = known.with("email_address", email_address);
    known.map(|it| it.str("user_id").to_owned()).collect()
}
