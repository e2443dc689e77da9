//! OAuth applications, and the access tokens that users grant them.

mod access_tokens;

use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::table::{Operations, get, rule};
use crate::resources::{changes, images, listing};
use crate::store::record::Record;
use crate::tables::oauth_applications::{ACCESS_TOKEN, APPLICATION};

pub(super) use access_tokens::issue;

/// The longest name, in characters.
const MAX_NAME_LENGTH: usize = 256;

/// What an application may ask for.
const SCOPES: [&str; 6] = [
    "profile",
    "email",
    "public_metadata",
    "private_metadata",
    "openid",
    "offline_access",
];

pub(super) const OPERATIONS: &Operations = &[
    ("ListOAuthApplications", rule(list)),
    ("CreateOAuthApplication", rule(create)),
    ("GetOAuthApplication", get(&APPLICATION)),
    ("UpdateOAuthApplication", rule(update)),
    ("DeleteOAuthApplication", rule(delete)),
    ("UploadOAuthApplicationLogo", rule(upload_logo)),
    ("RotateOAuthApplicationSecret", rule(rotate_secret)),
    ("RevokeOAuthApplicationToken", rule(access_tokens::revoke)),
    ("verifyOAuthAccessToken", rule(access_tokens::verify)),
];

fn list(call: &mut Call<'_>) -> CallResult {
    let Some(query) = call.query("name_query") else {
        return listing::list(call, &APPLICATION);
    };
    let part = query.to_lowercase();
    listing::list_where(call, &APPLICATION, |record| {
        record.str("client_id") == query || record.str("name").to_lowercase().contains(&part)
    })
}

fn create(call: &mut Call<'_>) -> CallResult {
    let mut record = changes::new_record(call, &APPLICATION)?;
    apply(call, &mut record)?;
    record.set("client_id", call.instance.ids.secret(16));
    if !record.is("public") {
        record.set("client_secret", call.instance.ids.secret(32));
    }
    changes::insert(call, &APPLICATION, record)
}

fn update(call: &mut Call<'_>) -> CallResult {
    let id = changes::record_id(call, &APPLICATION)?;
    let mut record = call.instance.find(&APPLICATION, &id)?.clone();
    changes::apply_body(call, &mut record)?;
    apply(call, &mut record)?;
    changes::save(call, &APPLICATION, record)
}

/// Checks a record to which the body has been applied, and completes it.
fn apply(call: &Call<'_>, record: &mut Record) -> Result<(), ErrorResponse> {
    let name = record.str("name");
    if name.trim().is_empty() || name.chars().count() > MAX_NAME_LENGTH {
        let message = "A name has 1 to 256 characters.";
        return Err(ErrorResponse::param(
            "form_param_value_invalid",
            "name",
            message,
        ));
    }
    let mut scopes = record.str("scopes").split_whitespace();
    if let Some(unknown) = scopes.find(|it| !SCOPES.contains(it)) {
        let message = format!("There is no scope {unknown:?}.");
        return Err(ErrorResponse::param(
            "form_param_value_invalid",
            "scopes",
            message,
        ));
    }
    apply_redirect_uris(call, record)?;
    if call.flag("public") == Some(true) && call.get("pkce_required").is_none() {
        record.set("pkce_required", true);
    }
    if record.is("public") && !record.is("pkce_required") {
        let message = "A public client needs PKCE.";
        let code = "form_public_client_requires_pkce";
        return Err(ErrorResponse::param(code, "pkce_required", message));
    }
    if record.is("dynamically_registered") && call.flag("consent_screen_enabled") == Some(false) {
        let message = "The consent screen of a dynamically registered application stays enabled.";
        let code = "oauth_application_consent_screen_cannot_be_disabled";
        return Err(ErrorResponse::param(
            code,
            "consent_screen_enabled",
            message,
        ));
    }
    Ok(())
}

/// Keeps the redirect URIs and the older callback URL, which is the first of them, equal.
fn apply_redirect_uris(call: &Call<'_>, record: &mut Record) -> Result<(), ErrorResponse> {
    let mut uris = call.texts("redirect_uris");
    if uris.is_empty() {
        uris.extend(call.text("callback_url"));
    }
    for (index, uri) in uris.iter().enumerate() {
        let scheme = uri.split_once(':').map(|(scheme, _)| scheme);
        if scheme.is_none_or(|it| it.is_empty() || it.contains('/')) {
            let message = format!("{uri:?} is not a URI.");
            return Err(ErrorResponse::param(
                "form_param_format_invalid",
                "redirect_uris",
                message,
            ));
        }
        if uris[..index].contains(uri) {
            let message = format!("{uri:?} is there twice.");
            return Err(ErrorResponse::new(400, "duplicate_record", message));
        }
    }
    if let Some(first) = uris.first() {
        record.set("callback_url", first.clone());
        record.set("redirect_uris", uris);
    }
    Ok(())
}

fn delete(call: &mut Call<'_>) -> CallResult {
    let id = changes::record_id(call, &APPLICATION)?;
    for token in call
        .instance
        .all(&ACCESS_TOKEN)
        .ids_with("application_id", &id)
    {
        call.instance.all_mut(&ACCESS_TOKEN).remove(&token);
    }
    changes::remove(call, &APPLICATION, &id)
}

fn upload_logo(call: &mut Call<'_>) -> CallResult {
    images::check(call.upload.as_ref())?;
    let id = changes::record_id(call, &APPLICATION)?;
    let mut record = call.instance.find(&APPLICATION, &id)?.clone();
    record.set("client_image_url", images::new_url(call.instance));
    changes::save(call, &APPLICATION, record)
}

fn rotate_secret(call: &mut Call<'_>) -> CallResult {
    let id = changes::record_id(call, &APPLICATION)?;
    let mut record = call.instance.find(&APPLICATION, &id)?.clone();
    record.set("client_secret", call.instance.ids.secret(32));
    changes::save(call, &APPLICATION, record)
}
