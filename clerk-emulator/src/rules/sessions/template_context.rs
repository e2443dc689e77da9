//! What shortcodes of JWT templates refer to: the user, the session, and the organization that is active.

use serde_json::{Value, json};

use crate::resources::images;
use crate::resources::rendering::member;
use crate::store::instance::Instance;
use crate::store::record::Record;
use crate::tables::contacts::{ContactType, EMAIL, PHONE};
use crate::tables::organization_records::{membership, memberships, organization};
use crate::tables::sessions::active_organization;
use crate::tables::users::{USER, full_name, image_url};

/// Returns the values by their paths. Private metadata is not among them.
pub(super) fn template_context(instance: &Instance, user: &Record, session: &Record) -> Value {
    let organization_id = active_organization(instance, session);
    let membership = organization_id.and_then(|id| membership(instance, &user.id, id));
    let organization = organization_id.and_then(|id| organization(instance, id));
    json!({
        "user": user_values(instance, user),
        "session": {
            "id": session.id,
            "status": member(instance, &super::SESSION, session, "status"),
            "client_id": session.str("client_id"),
            "actor": session.get("actor"),
        },
        "org": organization.map(|it| organization_values(it, membership)),
        "org_membership": membership.map(|it| json!({
            "public_metadata": metadata(it, "public_metadata"),
        })),
    })
}

fn user_values(instance: &Instance, user: &Record) -> Value {
    let (email, email_verified) = primary(instance, user, &EMAIL);
    let (phone, phone_verified) = primary(instance, user, &PHONE);
    let organizations = memberships(instance, &user.id).map(|it| {
        (
            it.str("organization_id").to_owned(),
            it.str("role").to_owned(),
        )
    });
    let organizations: serde_json::Map<String, Value> =
        organizations.map(|(id, role)| (id, json!(role))).collect();
    json!({
        "id": user.id,
        "external_id": user.get("external_id"),
        "first_name": user.get("first_name"),
        "last_name": user.get("last_name"),
        "full_name": full_name(user),
        "username": user.get("username"),
        "image_url": image_url(instance, user),
        "has_image": user.is("has_image"),
        "primary_email_address": email,
        "email_verified": email_verified,
        "primary_phone_address": phone,
        "primary_phone_number": phone,
        "phone_number_verified": phone_verified,
        "two_factor_enabled": member(instance, &USER, user, "two_factor_enabled"),
        // These two are seconds here, unlike in responses.
        "created_at": user.created_at / 1000,
        "updated_at": user.updated_at / 1000,
        "public_metadata": metadata(user, "public_metadata"),
        "unsafe_metadata": metadata(user, "unsafe_metadata"),
        "organizations": organizations,
    })
}

fn organization_values(organization: &Record, membership: Option<&Record>) -> Value {
    let image_url = match organization.str("image_url") {
        "" => images::generated_url(&organization.id),
        url => url.to_owned(),
    };
    json!({
        "id": organization.id,
        "name": organization.get("name"),
        "slug": organization.get("slug"),
        "role": membership.map(|it| it.str("role")),
        "image_url": image_url,
        "public_metadata": metadata(organization, "public_metadata"),
    })
}

/// Returns the primary contact and whether it is verified.
fn primary<'i>(
    instance: &'i Instance,
    user: &Record,
    contact: &ContactType,
) -> (Option<&'i str>, bool) {
    let record = instance
        .all(contact.resource)
        .get(user.str(contact.primary));
    let value = record.map(|it| it.str(contact.member));
    (value, record.is_some_and(|it| it.is("verified")))
}

fn metadata(record: &Record, name: &str) -> Value {
    record.get(name).cloned().unwrap_or_else(|| json!({}))
}
