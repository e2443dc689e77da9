//! What users tell about themselves: names, the image and metadata.

use super::user::save_user;
use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::changes::StateChange;
use crate::resources::resource::Literal;
use crate::resources::{images, metadata};
use crate::store::record::Record;
use crate::tables::users::USER;

/// Checks the names and the locale of a body, and clears those that are blank.
pub(super) fn check_profile(call: &Call<'_>, user: &mut Record) -> Result<(), ErrorResponse> {
    for name in [
        "username",
        "external_id",
        "first_name",
        "last_name",
        "locale",
    ] {
        if user.get(name).is_some() && user.str(name).trim().is_empty() {
            user.remove(name);
        }
    }
    if let Some(username) = call.text("username") {
        check_username(&username)?;
    }
    if let Some(locale) = call.text("locale")
        && !is_locale(&locale)
    {
        let message = "The locale must be a language tag such as en-US.";
        let code = "form_param_format_invalid";
        return Err(ErrorResponse::param(code, "locale", message));
    }
    Ok(())
}

fn check_username(username: &str) -> Result<(), ErrorResponse> {
    let is_allowed = |it: char| it.is_ascii_alphanumeric() || it == '_' || it == '-';
    let fault = |code, message: &str| Err(ErrorResponse::param(code, "username", message));
    if username.starts_with('+') && username[1..].chars().all(|it| it.is_ascii_digit()) {
        let code = "form_username_cannot_be_phone_number";
        return fault(code, "A username must not be a phone number.");
    }
    if !username.chars().all(is_allowed) {
        let message = "A username has only letters, digits, hyphens and underscores.";
        return fault("form_username_invalid_character", message);
    }
    if !(4..=64).contains(&username.len()) {
        let message = "A username has 4 to 64 characters.";
        return fault("form_username_invalid_length", message);
    }
    if username.chars().all(|it| it.is_ascii_digit()) {
        let message = "A username must not consist of digits.";
        return fault("form_username_needs_non_number_char", message);
    }
    Ok(())
}

/// Returns whether a text has the form of a language tag: groups of up to eight letters and digits.
fn is_locale(text: &str) -> bool {
    let mut subtags = text.split('-');
    let is_subtag =
        |it: &str| (1..=8).contains(&it.len()) && it.bytes().all(|it| it.is_ascii_alphanumeric());
    let language = subtags.next().unwrap_or_default();
    let is_language =
        (2..=8).contains(&language.len()) && language.bytes().all(|it| it.is_ascii_alphabetic());
    is_language && subtags.all(is_subtag)
}

pub(super) static DELETE_IMAGE: StateChange = StateChange {
    requires: None,
    set: &[
        ("image_url", Literal::Text("")),
        ("has_image", Literal::Bool(false)),
    ],
};

pub(super) fn set_image(call: &mut Call<'_>) -> CallResult {
    let id = call.path_param(0);
    let mut user = call.instance.find(&USER, &id)?.clone();
    images::check(call.upload.as_ref())?;
    user.set("image_url", images::new_url(call.instance));
    user.set("has_image", true);
    save_user(call, user)
}

pub(super) fn merge_metadata(call: &mut Call<'_>) -> CallResult {
    let mut user = call.instance.find(&USER, &call.path_param(0))?.clone();
    metadata::merge_body(call, &mut user)?;
    save_user(call, user)
}

pub(super) fn replace_metadata(call: &mut Call<'_>) -> CallResult {
    let mut user = call.instance.find(&USER, &call.path_param(0))?.clone();
    metadata::replace_body(call, &mut user)?;
    save_user(call, user)
}
