//! The table of invitations to organizations.

use serde_json::{Value, json};

use super::organization_records::{INVITATION_KIND, invitation_status, is_pending};
use super::public_user_data::public_user_data;
use super::{organization_roles, organizations};
use crate::resources::resource::{Events, Resource};
use crate::store::instance::Instance;
use crate::store::record::Record;

pub(crate) static INVITATION: Resource = Resource {
    kind: INVITATION_KIND,
    computed: &[
        ("role_name", role_name),
        ("status", |instance, record| {
            json!(invitation_status(instance, record))
        }),
        ("url", url),
        ("public_inviter_data", public_inviter_data),
        ("public_organization_data", public_organization_data),
    ],
    searched: &["email_address"],
    events: Events {
        created: Some("organizationInvitation.created"),
        ..Events::NONE
    },
    ..Resource::NEW
};

fn role_name(instance: &Instance, record: &Record) -> Value {
    json!(organization_roles::name(instance, record.str("role")).unwrap_or_default())
}

fn url(instance: &Instance, record: &Record) -> Value {
    match is_pending(instance, record) {
        true => json!(record.str("ticket_url")),
        false => Value::Null,
    }
}

fn public_inviter_data(instance: &Instance, record: &Record) -> Value {
    let user = public_user_data(instance, record.str("inviter_id"));
    let Value::Object(user) = user else {
        return Value::Null;
    };
    let names = [
        "user_id",
        "first_name",
        "last_name",
        "image_url",
        "has_image",
        "identifier",
    ];
    let members = user
        .into_iter()
        .filter(|(name, _)| names.contains(&name.as_str()));
    Value::Object(members.collect())
}

fn public_organization_data(instance: &Instance, record: &Record) -> Value {
    organizations::public_data(instance, record.str("organization_id"))
}
