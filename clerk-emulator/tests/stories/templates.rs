//! Templates of emails and text messages.

use serde_json::json;

use crate::support::{Story, fault};

#[tokio::test]
async fn a_template_is_changed_and_reverted() {
    let story = Story::begin().await;
    let path = "/templates/email/invitation";
    let original = story.get(path).await;
    assert_eq!(original["template_type"], "email");
    assert_eq!(original["can_revert"], false);
    let error = story.error("POST", &format!("{path}/revert"), None).await;
    assert_eq!(error, fault(400, "template_revert_error", ""));
    let error = story
        .error("PUT", path, Some(json!({ "body": "Hello" })))
        .await;
    assert_eq!(error, fault(422, "required_variable_missing", "body"));
    let body = json!({ "name": "Mine", "subject": "Come", "body": "Use {{action_url}}." });
    let changed = story.put(path, body).await;
    assert_eq!(changed["subject"], "Come");
    assert_eq!(changed["can_revert"], true);
    let body = json!({ "delivered_by_clerk": false });
    let toggled = story.post(&format!("{path}/toggle_delivery"), body).await;
    assert_eq!(toggled["delivered_by_clerk"], false);
    let reverted = story.post(&format!("{path}/revert"), json!({})).await;
    assert_eq!(reverted["subject"], original["subject"]);
    assert_eq!(reverted["delivered_by_clerk"], true);
    story.post(&format!("{path}/preview"), json!({})).await;
}

#[tokio::test]
async fn templates_are_listed_by_position() {
    let story = Story::begin().await;
    for (kind, count) in [("email", 13), ("sms", 3)] {
        let list = story
            .get(&format!("/templates/{kind}?limit=100&paginated=true"))
            .await;
        assert_eq!(list["total_count"], json!(count));
        let positions = list["data"].as_array().into_iter().flatten();
        let positions: Vec<i64> = positions.filter_map(|it| it["position"].as_i64()).collect();
        assert!(positions.is_sorted());
    }
    let error = story.error("GET", "/templates/fax", None).await;
    assert_eq!(error, fault(400, "template_type_unsupported", ""));
    let error = story
        .error("GET", "/templates/sms/magic_link_sign_in", None)
        .await;
    assert_eq!(error, fault(404, "resource_not_found", ""));
}
