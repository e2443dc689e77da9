//! What the modules of organizations, keys and billing need to know about users.

use serde_json::{Value, json};

pub(super) use super::contacts::resources::{EMAIL_ADDRESS, PHONE_NUMBER};
use super::sessions::session::SESSION;
pub(super) use super::users::user::USER;
use super::users::user::image_url;
use crate::store::instance::{FRONTEND_URL, Instance};
use crate::store::kind::Kind;
use crate::store::record::Record;

/// Returns the host of the emulated Frontend API.
pub(super) fn frontend_api(_instance: &Instance) -> String {
    FRONTEND_URL.to_owned()
}

/// Returns the contacts of a user: the values of `member`.
pub(super) fn contacts<'i>(
    instance: &'i Instance,
    kind: &Kind,
    member: &'static str,
    user_id: &str,
) -> impl Iterator<Item = &'i str> + use<'i> {
    let contacts = instance.all(kind).with("user_id", user_id);
    contacts.map(move |it| it.str(member))
}

/// Returns the contact that a user has as its primary one; the first if none is.
pub(super) fn primary_contact(
    instance: &Instance,
    kind: &Kind,
    member: &'static str,
    user: &Record,
) -> Option<String> {
    let primary = format!("primary_{member}_id");
    let contacts = instance.all(kind);
    let primary = contacts.get(user.str(&primary));
    let contact = primary.or_else(|| contacts.with("user_id", &user.id).next());
    contact.map(|it| it.str(member).to_owned())
}

/// Returns what identifies a user to others: the first email address or phone number, or else the username.
fn identifier(instance: &Instance, user: &Record) -> String {
    let email = primary_contact(instance, &EMAIL_ADDRESS, "email_address", user);
    let phone = || primary_contact(instance, &PHONE_NUMBER, "phone_number", user);
    let identifier = email.or_else(phone);
    identifier.unwrap_or_else(|| user.str("username").to_owned())
}

/// Returns what the members of an organization see of a user; null if there is no such user.
pub(super) fn public_user_data(instance: &Instance, user_id: &str) -> Value {
    let Some(user) = instance.all(&USER).get(user_id) else {
        return Value::Null;
    };
    let image_url = image_url(instance, user);
    let text = |name: &str| user.get(name).cloned().unwrap_or_default();
    json!({
        "user_id": user_id,
        "first_name": text("first_name"),
        "last_name": text("last_name"),
        "image_url": image_url,
        "profile_image_url": image_url,
        "has_image": user.is("has_image"),
        "identifier": identifier(instance, user),
        "username": text("username"),
        "banned": user.is("banned"),
        "deprovisioned": user.is("deprovisioned"),
    })
}

/// Returns the users who have a contact.
pub(super) fn users_with_email(instance: &Instance, email_address: &str) -> Vec<String> {
    let known = instance.all(&EMAIL_ADDRESS);
    let known = known.with("email_address", email_address);
    known.map(|it| it.str("user_id").to_owned()).collect()
}

/// Takes an organization that a user has left from the user's sessions.
pub(super) fn leave_in_sessions(instance: &mut Instance, user_id: &str, organization_id: &str) {
    let ids = instance.all(&SESSION).ids_with("user_id", user_id);
    for id in ids {
        instance.all_mut(&SESSION).update(&id, |session| {
            if session.str("last_active_organization_id") == organization_id {
                session.remove("last_active_organization_id");
            }
        });
    }
}
