//! API keys.

use std::time::Duration;

use serde_json::json;

use crate::support::{Story, fault, id, ids};

#[tokio::test]
async fn an_api_key_is_created_verified_and_revoked() {
    let story = Story::begin().await;
    let user = story.user("ann@example.com").await;
    let body = json!({ "name": "one", "subject": user, "scopes": ["read"], "claims": { "a": 1 } });
    let created = story.post("/api_keys", body.clone()).await;
    assert_eq!(created["type"], "api_key");
    let secret = created["secret"].clone();
    let error = story.error("POST", "/api_keys", Some(body)).await;
    assert_eq!(error, fault(409, "api_key_name_already_exists", ""));
    let path = format!("/api_keys/{}", id(&created));
    assert_eq!(story.get(&path).await.get("secret"), None);
    assert_eq!(story.get(&format!("{path}/secret")).await["secret"], secret);
    let verify = json!({ "secret": secret });
    let verified = story.post("/api_keys/verify", verify.clone()).await;
    assert_eq!(verified["id"], created["id"]);
    assert!(verified["last_used_at"].is_i64());

    let body = json!({ "revocation_reason": "leaked" });
    let revoked = story.post(&format!("{path}/revoke"), body).await;
    assert_eq!(revoked["revoked"], true);
    assert_eq!(revoked["revocation_reason"], "leaked");
    assert_eq!(
        story.post(&format!("{path}/revoke"), json!({})).await,
        revoked
    );
    let error = story.error("POST", "/api_keys/verify", Some(verify)).await;
    assert_eq!(error, fault(404, "resource_not_found", ""));
    let deleted = story.delete(&path).await;
    assert_eq!(deleted["object"], "api_key");
    assert_eq!(
        story.error("GET", &path, None).await,
        fault(404, "resource_not_found", "")
    );
}

#[tokio::test]
async fn an_expiry_is_counted_from_the_change() {
    let story = Story::begin().await;
    let (organization, _) = story.organization("one").await;
    let body = json!({ "name": "one", "subject": organization });
    let created = story.post("/api_keys", body).await;
    assert_eq!(created["expiration"], json!(null));
    story.emulator.advance_time(Duration::from_secs(60));
    let path = format!("/api_keys/{}", id(&created));
    let body = json!({ "seconds_until_expiration": 10, "description": "x" });
    let updated = story.patch(&path, body).await;
    let created_at = created["created_at"].as_i64().expect("a time");
    assert!(updated["expiration"].as_i64() >= Some(created_at + 70_000));
    story.emulator.advance_time(Duration::from_secs(11));
    assert_eq!(story.get(&path).await["expired"], true);
    let verify = Some(json!({ "secret": created["secret"] }));
    let error = story.error("POST", "/api_keys/verify", verify).await;
    assert_eq!(error, fault(404, "resource_not_found", ""));
    let updated = story
        .patch(&path, json!({ "seconds_until_expiration": null }))
        .await;
    assert_eq!(updated["expired"], false);
}

#[tokio::test]
async fn keys_are_listed_by_their_subject() {
    let story = Story::begin().await;
    let user = story.user("ann@example.com").await;
    let other = story.user("bob@example.com").await;
    let mut keys = Vec::new();
    for (name, subject) in [("one", &user), ("two", &user), ("three", &other)] {
        let body = json!({ "name": name, "subject": subject });
        keys.push(id(&story.post("/api_keys", body).await));
    }
    let body = json!({ "name": "service", "subject": user, "type": "service" });
    story.post("/api_keys", body).await;
    story
        .post(&format!("/api_keys/{}/revoke", keys[0]), json!({}))
        .await;
    let path = format!("/api_keys?subject={user}");
    for (query, expected) in [
        ("", vec![&keys[1]]),
        ("&include_invalid=true", vec![&keys[1], &keys[0]]),
        ("&query=TWO", vec![&keys[1]]),
        ("&query=one", vec![]),
    ] {
        let page = story.get(&format!("{path}{query}")).await;
        assert_eq!(ids(&page).iter().collect::<Vec<_>>(), expected, "{query}");
        assert_eq!(page["total_count"], json!(expected.len()), "{query}");
    }
    let services = story.get(&format!("{path}&type=service")).await;
    assert_eq!(services["total_count"], 1);
    let unknown = format!("user_{}", "a".repeat(27));
    let body = Some(json!({ "name": "one", "subject": unknown }));
    assert_eq!(
        story.error("POST", "/api_keys", body).await,
        fault(400, "bad_request", "")
    );
    let unknown_member = Some(json!({ "name": "one", "subject": user, "colour": "red" }));
    let error = story.error("POST", "/api_keys", unknown_member).await;
    assert_eq!(error, fault(400, "bad_request", ""));
}
