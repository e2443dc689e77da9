//! The tables of sessions and clients.

use serde_json::{Value, json};

use super::organization_records::membership;
use crate::resources::rendering::render_object;
use crate::resources::resource::{Resource, kind};
use crate::store::instance::Instance;
use crate::store::record::Record;

pub(crate) static SESSION: Resource = Resource {
    kind: kind("session", "sess", &["user_id", "client_id"]),
    schema: "Session",
    computed: &[
        ("status", |instance, session| {
            json!(status(instance, session))
        }),
        ("tasks", tasks),
        ("last_active_organization_id", |instance, session| {
            json!(active_organization(instance, session))
        }),
    ],
    ..Resource::NEW
};

pub(crate) static CLIENT: Resource = Resource {
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

/// Returns what the user has to do before the session can be used; null if there is nothing.
fn tasks(instance: &Instance, session: &Record) -> Value {
    match status(instance, session) {
        "pending" => json!([{ "key": "choose-organization" }]),
        _ => Value::Null,
    }
}

/// Returns the status of a session, on which the time, the options and the membership of the user have an effect, too.
pub(crate) fn status<'s>(instance: &Instance, session: &'s Record) -> &'s str {
    let is_past = |name| session.i64(name).is_some_and(|it| it <= instance.now());
    match session.str("status") {
        "active" if is_past("expire_at") => "expired",
        "active" if is_past("abandon_at") => "abandoned",
        "active"
            if instance.options.force_organization_selection
                && active_organization(instance, session).is_none() =>
        {
            "pending"
        }
        status => status,
    }
}

/// Returns whether a session is neither over nor revoked.
pub(crate) fn is_live(instance: &Instance, session: &Record) -> bool {
    matches!(status(instance, session), "active" | "pending")
}

/// Returns the active organization of a session, as long as the user is a member of it.
pub(crate) fn active_organization<'s>(instance: &Instance, session: &'s Record) -> Option<&'s str> {
    let id = session.str("last_active_organization_id");
    membership(instance, session.str("user_id"), id).map(|_| id)
}
