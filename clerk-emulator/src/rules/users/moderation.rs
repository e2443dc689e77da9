//! Banning and locking users.

use serde_json::Value;

use super::creation::LOCK_MS;
use super::user::save_user;
use crate::resources::call::{Call, CallResult};
use crate::resources::changes::{StateChange, record_id};
use crate::resources::resource::Literal;
use crate::rules::sessions::session::revoke_all;
use crate::tables::users::USER;

pub(super) static UNBAN: StateChange = StateChange {
    requires: None,
    set: &[("banned", Literal::Bool(false))],
};

pub(super) static UNLOCK: StateChange = StateChange {
    requires: None,
    set: &[("locked_until", Literal::Int(0))],
};

pub(super) fn ban(call: &mut Call<'_>) -> CallResult {
    let id = record_id(call, &USER)?;
    set_banned(call, &id, true)
}

pub(super) fn ban_several(call: &mut Call<'_>) -> CallResult {
    set_several_banned(call, true)
}

pub(super) fn unban_several(call: &mut Call<'_>) -> CallResult {
    set_several_banned(call, false)
}

/// Changes all users that the body names; none if one of them does not exist.
fn set_several_banned(call: &mut Call<'_>, is_banned: bool) -> CallResult {
    let ids = call.texts("user_ids");
    for id in &ids {
        call.instance.find(&USER, id)?;
    }
    let users = ids.iter().map(|id| set_banned(call, id, is_banned));
    let users: Result<Vec<Value>, _> = users.collect();
    users.map(Value::Array)
}

fn set_banned(call: &mut Call<'_>, id: &str, is_banned: bool) -> CallResult {
    let mut user = call.instance.find(&USER, id)?.clone();
    if is_banned {
        revoke_all(call, id);
    }
    user.set("banned", is_banned);
    save_user(call, user)
}

pub(super) fn lock(call: &mut Call<'_>) -> CallResult {
    let id = record_id(call, &USER)?;
    let mut user = call.instance.find(&USER, &id)?.clone();
    user.set("locked_until", call.instance.now() + LOCK_MS);
    save_user(call, user)
}
