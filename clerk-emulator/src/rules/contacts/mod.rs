//! The contacts of users: email addresses and phone numbers. Both have the same operations.

pub(super) mod operations;
pub(super) mod storage;
mod verification;

use crate::resources::table::{Operations, get, rule};
use crate::tables::contacts::{EMAIL, EMAIL_ADDRESS, PHONE, PHONE_NUMBER};

pub(super) const OPERATIONS: &Operations = &[
    (
        "CreateEmailAddress",
        rule(|call| operations::create(call, &EMAIL)),
    ),
    ("GetEmailAddress", get(&EMAIL_ADDRESS)),
    (
        "UpdateEmailAddress",
        rule(|call| operations::update(call, &EMAIL)),
    ),
    (
        "DeleteEmailAddress",
        rule(|call| operations::delete(call, &EMAIL)),
    ),
    (
        "ReplaceUserEmailAddress",
        rule(|call| operations::replace(call, &EMAIL)),
    ),
    (
        "PrepareEmailAddressVerification",
        rule(|call| verification::prepare(call, &EMAIL)),
    ),
    (
        "AttemptEmailAddressVerification",
        rule(|call| verification::attempt(call, &EMAIL)),
    ),
    (
        "CreatePhoneNumber",
        rule(|call| operations::create(call, &PHONE)),
    ),
    ("GetPhoneNumber", get(&PHONE_NUMBER)),
    (
        "UpdatePhoneNumber",
        rule(|call| operations::update(call, &PHONE)),
    ),
    (
        "DeletePhoneNumber",
        rule(|call| operations::delete(call, &PHONE)),
    ),
    (
        "ReplaceUserPhoneNumber",
        rule(|call| operations::replace(call, &PHONE)),
    ),
    (
        "PreparePhoneNumberVerification",
        rule(|call| verification::prepare(call, &PHONE)),
    ),
    (
        "AttemptPhoneNumberVerification",
        rule(|call| verification::attempt(call, &PHONE)),
    ),
];
