//! Creating sessions, and ending those of a user.

use crate::resources::call::Call;
use crate::resources::changes::announce_object;
use crate::store::instance::Instance;
use crate::store::record::Record;
use crate::tables::organization_records::memberships;
use crate::tables::sessions::{SESSION, is_live};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Creates a session on a client, without storing it. By default, the newest organization of the user is active.
pub(in crate::rules) fn new_session(
    instance: &mut Instance,
    user_id: &str,
    client_id: &str,
    organization_id: Option<String>,
) -> Record {
    let newest = || {
        let newest = memberships(instance, user_id).max_by_key(|it| it.created_at);
        newest.map(|it| it.str("organization_id").to_owned())
    };
    let organization_id = organization_id.or_else(newest);
    let mut session = instance.new_record(&SESSION);
    let now = session.created_at;
    session.set("user_id", user_id);
    session.set("client_id", client_id);
    session.set("status", "active");
    session.set("last_active_at", now);
    session.set("expire_at", now + 7 * DAY_MS);
    session.set("abandon_at", now + 30 * DAY_MS);
    if let Some(id) = organization_id {
        session.set("last_active_organization_id", id);
    }
    session
}

/// Revokes a session, and announces that.
pub(in crate::rules) fn revoke(call: &mut Call<'_>, session: &Record) -> Record {
    let mut session = session.clone();
    session.set("status", "revoked");
    session.updated_at = call.instance.now();
    call.instance.all_mut(&SESSION).insert(session.clone());
    announce_object(call, "session.revoked", &SESSION, &session);
    session
}

/// Revokes the live sessions of a user.
pub(in crate::rules) fn revoke_all(call: &mut Call<'_>, user_id: &str) {
    let sessions = call.instance.all(&SESSION).with("user_id", user_id);
    let live = sessions.filter(|it| is_live(call.instance, it)).cloned();
    for session in live.collect::<Vec<_>>() {
        revoke(call, &session);
    }
}

/// Takes an organization that a user has left from the user's sessions.
pub(in crate::rules) fn leave_organization(
    instance: &mut Instance,
    user_id: &str,
    organization_id: &str,
) {
    let ids = instance.all(&SESSION).ids_with("user_id", user_id);
    for id in ids {
        instance.all_mut(&SESSION).update(&id, |session| {
            if session.str("last_active_organization_id") == organization_id {
                session.remove("last_active_organization_id");
            }
        });
    }
}
