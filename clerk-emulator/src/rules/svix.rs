//! The Svix app of the instance, which only exists or not: the emulator delivers webhooks itself.

use serde_json::{Value, json};

use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::table::{Operations, rule};
use crate::tables::settings::SVIX_APP;

pub(super) const OPERATIONS: &Operations = &[
    ("CreateSvixApp", rule(create)),
    ("DeleteSvixApp", rule(delete)),
    ("GenerateSvixAuthURL", rule(generate_url)),
];

fn create(call: &mut Call<'_>) -> CallResult {
    if SVIX_APP.is(call.instance, "exists") {
        let message = "The instance has a Svix app already.";
        return Err(ErrorResponse::new(400, "svix_app_exists", message));
    }
    SVIX_APP.set(call.instance, "exists", true);
    generate_url(call)
}

fn delete(call: &mut Call<'_>) -> CallResult {
    require(call)?;
    SVIX_APP.set(call.instance, "exists", false);
    Ok(Value::Null)
}

fn generate_url(call: &mut Call<'_>) -> CallResult {
    require(call)?;
    let key = call.instance.ids.secret(24);
    Ok(json!({ "svix_url": format!("https://app.svix.com/login#key={key}") }))
}

fn require(call: &Call<'_>) -> Result<(), ErrorResponse> {
    match SVIX_APP.is(call.instance, "exists") {
        true => Ok(()),
        false => {
            let message = "The instance has no Svix app.";
            Err(ErrorResponse::new(400, "svix_app_missing", message))
        }
    }
}
