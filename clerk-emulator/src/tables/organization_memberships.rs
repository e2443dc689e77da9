//! The table of memberships of organizations.

use serde_json::{Value, json};

use super::contacts::{EMAIL, PHONE, primary_value};
use super::organization_records::MEMBERSHIP_KIND;
use super::users::USER;
use super::{organization_roles, organizations, public_user_data};
use crate::resources::rendering;
use crate::resources::resource::{Computed, Events, Resource};
use crate::store::instance::Instance;
use crate::store::record::Record;

pub(crate) static MEMBERSHIP: Resource = Resource {
    kind: MEMBERSHIP_KIND,
    computed: &[
        ("organization", organization),
        ("permissions", permissions),
        ("public_user_data", public_user_data),
        ("role_name", role_name),
    ],
    on_demand: MEMBERS_OF_USERS,
    searched: &[
        "email_address",
        "phone_number",
        "username",
        "first_name",
        "last_name",
        "user_id",
    ],
    events: Events {
        created: Some("organizationMembership.created"),
        updated: Some("organizationMembership.updated"),
        deleted: Some("organizationMembership.deleted"),
    },
    ..Resource::NEW
};

/// The members of users by which lists of memberships are sorted and searched.
const MEMBERS_OF_USERS: &[(&str, Computed)] = &[
    ("email_address", |instance, record| {
        let user = user(instance, record);
        json!(user.and_then(|it| primary_value(instance, &EMAIL, it)))
    }),
    ("phone_number", |instance, record| {
        let user = user(instance, record);
        json!(user.and_then(|it| primary_value(instance, &PHONE, it)))
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
pub(crate) fn user<'i>(instance: &'i Instance, membership: &Record) -> Option<&'i Record> {
    instance.all(&USER).get(membership.str("user_id"))
}

fn text(instance: &Instance, membership: &Record, name: &str) -> Value {
    let user = user(instance, membership);
    user.and_then(|it| it.get(name))
        .cloned()
        .unwrap_or_default()
}

fn organization(instance: &Instance, record: &Record) -> Value {
    organizations::object(instance, record.str("organization_id"))
}

fn permissions(instance: &Instance, record: &Record) -> Value {
    json!(organization_roles::permission_keys(
        instance,
        record.str("role")
    ))
}

fn public_user_data(instance: &Instance, record: &Record) -> Value {
    public_user_data::public_user_data(instance, record.str("user_id"))
}

fn role_name(instance: &Instance, record: &Record) -> Value {
    json!(organization_roles::name(instance, record.str("role")))
}

/// Returns a membership as responses and events contain it.
pub(crate) fn object(instance: &Instance, record: &Record) -> Value {
    rendering::render_like(
        instance,
        "CreateOrganizationMembership",
        &MEMBERSHIP,
        record,
    )
}
