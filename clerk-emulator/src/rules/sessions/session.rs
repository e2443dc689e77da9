//! The tables of sessions and clients.

use serde_json::{Value, json};

use crate::resources::call::Call;
use crate::resources::changes::announce_object;
use crate::resources::rendering::render_object;
use crate::resources::resource::{Resource, kind};
use crate::rules::organization_lookup::{membership, memberships};
use crate::store::instance::Instance;
use crate::store::record::Record;

pub(in crate::rules) static SESSION: Resource = Resource {
    kind: kind("session", "sess", &["user_id", "client_id"]),
    schema: "Session",
    computed: &[
        ("status", |instance, session| {
            json!(status(instance, session))
        }),
        ("last_active_organization_id", |instance, session| {
            json!(active_organization(instance, session))
        }),
    ],
    ..Resource::NEW
};

pub(in crate::rules) static CLIENT: Resource = Resource {
    kind: kind("client", "client", &[]),
    schema: "Client",
    computed: &[
        ("sessions", |instance, client| {
            let sessions = sessions(instance, client);
            sessions
                .map(|it| render_object(instance, &SESSION, it))
                .collect()
        }),
        ("session_ids", |instance, client| {
            sessions(instance, client).map(|it| json!(it.id)).collect()
        }),
        ("last_active_session_id", last_active_session),
    ],
    ..Resource::NEW
};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

fn sessions<'i>(
    instance: &'i Instance,
    client: &Record,
) -> impl DoubleEndedIterator<Item = &'i Record> + use<'i> {
    instance.all(&SESSION).with("client_id", &client.id)
}

fn last_active_session(instance: &Instance, client: &Record) -> Value {
    let mut live = sessions(instance, client).filter(|it| is_live(instance, it));
    live.next_back().map_or(Value::Null, |it| json!(it.id))
}

/// Returns the status of a session, which the time changes, too.
pub(in crate::rules) fn status<'s>(instance: &Instance, session: &'s Record) -> &'s str {
    let is_past = |name| session.i64(name).is_some_and(|it| it <= instance.now());
    match session.str("status") {
        "active" | "pending" if is_past("expire_at") => "expired",
        "active" | "pending" if is_past("abandon_at") => "abandoned",
        status => status,
    }
}

/// Returns whether a session is neither over nor revoked.
pub(in crate::rules) fn is_live(instance: &Instance, session: &Record) -> bool {
    matches!(status(instance, session), "active" | "pending")
}

/// Returns the active organization of a session, as long as the user is a member of it.
pub(in crate::rules) fn active_organization<'s>(
    instance: &Instance,
    session: &'s Record,
) -> Option<&'s str> {
    let id = session.str("last_active_organization_id");
    membership(instance, session.str("user_id"), id).map(|_| id)
}

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
