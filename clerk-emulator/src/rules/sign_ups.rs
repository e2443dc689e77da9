//! Sign-ups: attempts to create an account, which people make in the application.

use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::changes::{self, record_id};
use crate::resources::table::{Operations, get, rule};
use crate::tables::sign_ups::SIGN_UP;

pub(super) const OPERATIONS: &Operations =
    &[("GetSignUp", get(&SIGN_UP)), ("UpdateSignUp", rule(update))];

fn update(call: &mut Call<'_>) -> CallResult {
    let id = record_id(call, &SIGN_UP)?;
    if call.instance.find(&SIGN_UP, &id)?.str("status") == "complete" {
        let message = "The sign-up is complete.";
        let code = "sign_up_cannot_be_updated";
        return Err(ErrorResponse::new(403, code, message));
    }
    changes::update(call, &SIGN_UP)
}
