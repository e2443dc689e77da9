//! The allowlist and the blocklist.

use serde_json::json;

use crate::support::{Story, fault, id, ids};

#[tokio::test]
async fn identifiers_are_added_once_and_deleted() {
    let story = Story::begin().await;
    for path in ["/allowlist_identifiers", "/blocklist_identifiers"] {
        let mut all = Vec::new();
        for (identifier, kind) in [
            ("*@Example.com", "email_address"),
            ("+15555550100", "phone_number"),
            ("0x71C7656EC7ab88b098defB751B7401B5f6d8976F", "web3_wallet"),
        ] {
            let created = story.post(path, json!({ "identifier": identifier })).await;
            assert_eq!(created["identifier_type"], kind);
            assert_eq!(created["identifier"], json!(identifier.to_lowercase()));
            all.insert(0, id(&created));
        }
        assert_eq!(ids(&story.get(path).await), all);
        for (identifier, expected) in [
            (
                "*@example.com",
                fault(400, "duplicate_record", "identifier"),
            ),
            (
                "nonsense",
                fault(422, "form_param_format_invalid", "identifier"),
            ),
        ] {
            let body = json!({ "identifier": identifier });
            assert_eq!(story.error("POST", path, Some(body)).await, expected);
        }
        let own = format!("{path}/{}", all[0]);
        story.delete(&own).await;
        let error = story.error("DELETE", &own, None).await;
        assert_eq!(error, fault(404, "resource_not_found", ""));
        assert_eq!(ids(&story.get(path).await), all[1..]);
    }
    let page = story
        .get("/allowlist_identifiers?paginated=true&limit=1")
        .await;
    assert_eq!(page["total_count"], 2);
}

#[tokio::test]
async fn an_allowed_person_can_be_invited() {
    let story = Story::begin().await;
    let body = json!({ "identifier": "a@b.cd", "notify": true });
    let created = story.post("/allowlist_identifiers", body.clone()).await;
    let invitations = story.get("/invitations").await;
    assert_eq!(created["invitation_id"], invitations[0]["id"]);
    let error = story
        .error("POST", "/allowlist_identifiers", Some(body))
        .await;
    assert_eq!(error, fault(400, "duplicate_record", "identifier"));
    assert_eq!(ids(&story.get("/invitations").await).len(), 1);
}
