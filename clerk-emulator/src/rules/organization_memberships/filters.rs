//! The members of users by which lists of memberships are sorted and searched.

use serde_json::{Value, json};

use crate::resources::resource::Computed;
use crate::rules::lookups::{EMAIL_ADDRESS, PHONE_NUMBER, USER, primary_contact};
use crate::store::instance::Instance;
use crate::store::record::Record;

/// The members by their names.
pub(super) const MEMBERS_OF_USERS: &[(&str, Computed)] = &[
    ("email_address", |instance, record| {
        let user = user(instance, record);
        json!(user.and_then(|it| primary_contact(instance, &EMAIL_ADDRESS, "email_address", it)))
    }),
    ("phone_number", |instance, record| {
        let user = user(instance, record);
        json!(user.and_then(|it| primary_contact(instance, &PHONE_NUMBER, "phone_number", it)))
    }),
    ("username", |instance, record| {
        text(instance, record, "username")
    }),
    ("first_name", |instance, record| {
        text(instance, record, "first_name")
    }),
    ("last_name", |instance, record| {
        text(instance, record, "last_name")
    }),
];

/// Returns the user of a membership.
pub(super) fn user<'i>(instance: &'i Instance, membership: &Record) -> Option<&'i Record> {
    instance.all(&USER).get(membership.str("user_id"))
}

fn text(instance: &Instance, membership: &Record, name: &str) -> Value {
    let user = user(instance, membership);
    user.and_then(|it| it.get(name))
        .cloned()
        .unwrap_or_default()
}
