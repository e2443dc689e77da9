//! Sign-ups.

use serde_json::json;

use crate::support::{Story, fault};

#[tokio::test]
async fn a_sign_up_is_changed_until_it_is_complete() {
    let story = Story::begin().await;
    let members = json!({ "email_address": "a@b.cd", "required_fields": ["email_address"] });
    let sign_up = story
        .emulator
        .add_record("sign_up", members)
        .expect("an id");
    let path = format!("/sign_ups/{sign_up}");
    let found = story.get(&path).await;
    assert_eq!(found["status"], "missing_requirements");
    assert_eq!(found["email_address"], "a@b.cd");
    let body = json!({ "external_id": "x", "custom_action": true });
    let changed = story.patch(&path, body).await;
    assert_eq!(changed["external_id"], "x");
    assert_eq!(changed["custom_action"], true);
    let members = json!({ "id": "sua_done", "status": "complete" });
    story.emulator.add_record("sign_up", members);
    let error = story
        .error("PATCH", "/sign_ups/sua_done", Some(json!({})))
        .await;
    assert_eq!(error, fault(403, "sign_up_cannot_be_updated", ""));
    let error = story.error("GET", "/sign_ups/sua_1", None).await;
    assert_eq!(error, fault(404, "resource_not_found", ""));
}
