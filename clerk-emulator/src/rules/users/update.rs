//! Changing a user.

use super::credentials::apply_credentials;
use super::profile::check_profile;
use super::user::save_user;
use crate::document::object_shape::ResponseShape;
use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::changes::{apply, ensure_unique, record_id};
use crate::resources::metadata::check_sizes;
use crate::rules::contacts::storage::ensure_verified;
use crate::rules::sessions::session::revoke_all;
use crate::store::record::Record;
use crate::tables::contacts::{ContactType, TYPES};
use crate::tables::users::USER;

pub(super) fn update(call: &mut Call<'_>) -> CallResult {
    let id = record_id(call, &USER)?;
    let mut user = call.instance.find(&USER, &id)?.clone();
    let signs_out = call.flag("sign_out_of_other_sessions") == Some(true);
    for name in ["skip_password_checks", "sign_out_of_other_sessions"] {
        let has_password = call.text("password").or(call.text("password_digest"));
        if call.flag(name) == Some(true) && has_password.is_none() {
            let message = format!("{name:?} needs a password.");
            let code = "form_conditional_param_missing";
            return Err(ErrorResponse::param(code, "password", message));
        }
    }
    if let Some(image) = call.text("profile_image_id") {
        let message = format!("There is no image with the id {image:?}.");
        return Err(ErrorResponse::new(404, "image_not_found", message));
    }
    let mut body = call.body();
    for contact in TYPES {
        // Null keeps the primary contact, although responses can have null.
        body.remove(contact.primary);
        set_primary(call, contact, &mut user)?;
    }
    if let Some(ResponseShape::Object(shape)) = call.operation.shape() {
        apply(&mut user, shape, &body)?;
    }
    // Only older versions of the API have metadata here.
    check_sizes(call)?;
    check_profile(call, &mut user)?;
    apply_credentials(call, &mut user)?;
    ensure_unique(call.instance, &USER, &user)?;
    if signs_out {
        revoke_all(call, &id);
    }
    save_user(call, user)
}

/// Makes the contact that the body names the primary one. It must be a verified contact of the user.
fn set_primary(
    call: &Call<'_>,
    contact: &ContactType,
    user: &mut Record,
) -> Result<(), ErrorResponse> {
    let Some(id) = call.text(contact.primary) else {
        return Ok(());
    };
    let record = call.instance.find(contact.resource, &id)?;
    if record.str("user_id") != &*user.id {
        return Err(ErrorResponse::not_found(&contact.resource.title(), &id));
    }
    ensure_verified(contact, record)?;
    user.set(contact.primary, id);
    Ok(())
}
