//! The waitlist.

use serde_json::{Value, json};

use crate::support::{Story, fault, id, ids};

#[tokio::test]
async fn an_entry_is_invited_or_rejected() {
    let story = Story::begin().await;
    let body = json!({ "email_address": "A@b.cd" });
    let entry = story.post("/waitlist_entries", body.clone()).await;
    assert_eq!(entry["status"], "pending");
    assert_eq!(entry["invitation"], Value::Null);
    assert_eq!(story.post("/waitlist_entries", body).await, entry);
    let path = format!("/waitlist_entries/{}", id(&entry));
    let invited = story.post(&format!("{path}/invite"), json!({})).await;
    assert_eq!(invited["status"], "invited");
    let invitations = story.get("/invitations").await;
    assert_eq!(invited["invitation"], invitations[0]);
    let conflict = fault(409, "conflict", "");
    for (method, part) in [("POST", "/invite"), ("DELETE", "")] {
        let error = story.error(method, &format!("{path}{part}"), None).await;
        assert_eq!(error, conflict, "{part}");
    }
    let rejected = story.post(&format!("{path}/reject"), json!({})).await;
    assert_eq!(rejected["status"], "rejected");
    assert_eq!(rejected["invitation"]["status"], "revoked");
    let error = story.error("POST", &format!("{path}/reject"), None).await;
    assert_eq!(error, conflict);
    let kinds = story.event_kinds();
    assert_eq!(
        kinds,
        [
            "waitlistEntry.created",
            "email.created",
            "waitlistEntry.updated",
            "waitlistEntry.updated"
        ]
    );
}

#[tokio::test]
async fn entries_are_added_in_bulk_listed_and_deleted() {
    let story = Story::begin().await;
    let bodies = |addresses: &[&str]| -> Value {
        let bodies = addresses.iter().map(|it| json!({ "email_address": it }));
        bodies.collect()
    };
    let path = "/waitlist_entries/bulk";
    let created = story.post(path, bodies(&["a@b.cd", "c@d.ef"])).await;
    assert_eq!(ids(&created).len(), 2);
    let error = story
        .error("POST", path, Some(bodies(&["x@y.zz", "X@y.zz"])))
        .await;
    assert_eq!(error, fault(422, "form_param_duplicate", "email_address"));
    let body = json!({ "email_address": "nonsense" });
    let error = story.error("POST", "/waitlist_entries", Some(body)).await;
    assert_eq!(
        error,
        fault(422, "form_param_format_invalid", "email_address")
    );
    for (query, count) in [
        ("", 2),
        ("query=c@d", 1),
        ("status=invited", 0),
        ("status=pending", 2),
    ] {
        let list = story.get(&format!("/waitlist_entries?{query}")).await;
        assert_eq!(list["total_count"], json!(count), "{query}");
    }
    story
        .delete(&format!("/waitlist_entries/{}", id(&created[0])))
        .await;
    let list = story.get("/waitlist_entries").await;
    assert_eq!(ids(&list), [id(&created[1])]);
}
