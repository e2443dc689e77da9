//! Sessions and clients.

use clerk_sdk::List;
use clerk_sdk::types::{ClientResource, DeletedObject, Session, SessionStatus};

use super::Expectation;
use crate::corpus::Payload;

pub(super) const EXPECTATIONS: &[Expectation] = &[
    ("sessions_paginated", sessions_paginated),
    ("session_new_task_keys", session_with_new_tasks),
    ("client_with_sessions", |payload| {
        let client: ClientResource = payload.value();
        assert_eq!(client.session_ids, ["sess_1"]);
        assert_eq!(client.sessions[0].status, SessionStatus::Ended);
    }),
    ("deleted_user_event", |payload| {
        let deleted: DeletedObject = payload.value();
        assert!(deleted.deleted);
        assert_eq!(deleted.id.as_deref(), Some("user_1"));
    }),
];

fn sessions_paginated(payload: &Payload) {
    let sessions: List<Session> = payload.value();
    assert_eq!((sessions.data.len(), sessions.total_count), (1, Some(1)));
    let activity = sessions.data[0].latest_activity.as_ref();
    let activity = activity.expect("the session was active");
    assert_eq!(activity.browser_name.as_deref(), Some("Firefox"));
    assert_eq!(activity.id, "");
}

fn session_with_new_tasks(payload: &Payload) {
    let session: Session = payload.value();
    assert_eq!(session.status, SessionStatus::Pending);
    let tasks = session.tasks.expect("the session has tasks");
    let keys: Vec<&str> = tasks.iter().map(|task| &*task.key).collect();
    assert_eq!(keys, ["reset-password", "setup-mfa"]);
}
