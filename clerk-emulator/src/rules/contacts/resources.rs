//! The tables of email addresses, phone numbers and wallets.

use serde_json::{Value, json};

use super::format;
use crate::resources::resource::{Resource, kind};
use crate::store::instance::Instance;
use crate::store::record::Record;

pub(in crate::rules) static EMAIL_ADDRESS: Resource = Resource {
    kind: kind("email_address", "idn", &["user_id", "email_address"]),
    schema: "EmailAddress",
    computed: &[("verification", email_verification)],
    ..Resource::NEW
};

pub(in crate::rules) static PHONE_NUMBER: Resource = Resource {
    kind: kind("phone_number", "idn", &["user_id", "phone_number"]),
    schema: "PhoneNumber",
    computed: &[("verification", phone_verification)],
    ..Resource::NEW
};

pub(in crate::rules) static WEB3_WALLET: Resource = Resource {
    kind: kind("web3_wallet", "idn", &["user_id", "web3_wallet"]),
    schema: "Web3Wallet",
    computed: &[("verification", |_, record| admin_verification(record))],
    ..Resource::NEW
};

/// A type of contact.
#[derive(Debug)]
pub(in crate::rules) struct ContactType {
    pub(in crate::rules) resource: &'static Resource,
    /// The member that has the contact itself.
    pub(in crate::rules) member: &'static str,
    /// The member of the user that has the id of the primary contact.
    pub(in crate::rules) primary: &'static str,
    pub(in crate::rules) is_valid: fn(&str) -> bool,
    /// The strategy of a verification by code.
    pub(in crate::rules) strategy: &'static str,
}

pub(in crate::rules) static EMAIL: ContactType = ContactType {
    resource: &EMAIL_ADDRESS,
    member: "email_address",
    primary: "primary_email_address_id",
    is_valid: format::is_email_address,
    strategy: "email_code",
};

pub(in crate::rules) static PHONE: ContactType = ContactType {
    resource: &PHONE_NUMBER,
    member: "phone_number",
    primary: "primary_phone_number_id",
    is_valid: format::is_phone_number,
    strategy: "phone_code",
};

pub(in crate::rules) static WALLET: ContactType = ContactType {
    resource: &WEB3_WALLET,
    member: "web3_wallet",
    primary: "primary_web3_wallet_id",
    is_valid: format::is_wallet,
    strategy: "web3_metamask_signature",
};

/// All types of contact.
pub(in crate::rules) static TYPES: [&ContactType; 3] = [&EMAIL, &PHONE, &WALLET];

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
pub(super) const MAX_ATTEMPTS: i64 = 3;

/// Returns the status of a verification by code.
pub(super) fn code_status(instance: &Instance, record: &Record) -> &'static str {
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
