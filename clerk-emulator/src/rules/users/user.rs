//! Changes of users that more than one module makes.

use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::changes::{announce_object, save};
use crate::store::instance::Instance;
use crate::store::record::Record;
use crate::tables::users::{USER, has_second_factor};

/// Stores a changed user, announces the change, and returns the user as the response.
pub(super) fn save_user(call: &mut Call<'_>, mut user: Record) -> CallResult {
    set_mfa_times(call.instance, &mut user);
    save(call, &USER, user)
}

/// Announces that a user has changed, because something that belongs to the user has.
pub(in crate::rules) fn announce_update(
    call: &mut Call<'_>,
    user_id: &str,
) -> Result<(), ErrorResponse> {
    let mut user = call.instance.find(&USER, user_id)?.clone();
    set_mfa_times(call.instance, &mut user);
    user.updated_at = call.instance.now();
    call.instance.all_mut(&USER).insert(user.clone());
    announce_object(call, "user.updated", &USER, &user);
    Ok(())
}

/// Sets when the second factors were set up or removed, if that has changed.
pub(super) fn set_mfa_times(instance: &Instance, user: &mut Record) {
    let is_enabled = has_second_factor(instance, user);
    if is_enabled == user.is("has_mfa") {
        return;
    }
    user.set("has_mfa", is_enabled);
    let name = match is_enabled {
        true => "mfa_enabled_at",
        false => "mfa_disabled_at",
    };
    user.set(name, instance.now());
}
