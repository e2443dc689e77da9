//! What others see of a user.

use serde_json::{Value, json};

use super::contacts::{EMAIL, PHONE, primary_value};
use super::users::{USER, image_url};
use crate::store::instance::Instance;
use crate::store::record::Record;

/// Returns what identifies a user to others: the first email address or phone number, or else the username.
fn identifier<'i>(instance: &'i Instance, user: &'i Record) -> &'i str {
    let email = primary_value(instance, &EMAIL, user);
    let identifier = email.or_else(|| primary_value(instance, &PHONE, user));
    identifier.unwrap_or_else(|| user.str("username"))
}

/// Returns what the members of an organization see of a user; null if there is no such user.
pub(crate) fn public_user_data(instance: &Instance, user_id: &str) -> Value {
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
