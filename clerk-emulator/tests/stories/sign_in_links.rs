//! Sign-in tokens, actor tokens, agent tasks and testing tokens.

use serde_json::json;

use crate::support::{Story, fault, id};
use crate::tokens::verified;

#[tokio::test]
async fn a_link_is_revoked_once() {
    let story = Story::begin().await;
    let user_id = story.user("a@b.cd").await;
    for (path, body, kind, code) in [
        (
            "/sign_in_tokens",
            json!({ "user_id": user_id }),
            "sign_in_token",
            "sign_in_token_cannot_be_revoked_code",
        ),
        (
            "/actor_tokens",
            json!({ "user_id": user_id, "actor": { "sub": "user_admin" }, "expires_in_seconds": 60 }),
            "actor_token",
            "actor_token_cannot_be_revoked_code",
        ),
    ] {
        let token = story.post(path, body).await;
        assert_eq!(token["status"], "pending");
        let (_, claims) = verified(&story, token["token"].as_str().unwrap_or_default()).await;
        assert_eq!(
            (&claims["st"], &claims["sid"]),
            (&json!(kind), &token["id"])
        );
        let revoke = format!("{path}/{}/revoke", id(&token));
        let revoked = story.post(&revoke, json!({})).await;
        assert_eq!(revoked["status"], "revoked");
        assert_eq!(
            story.error("POST", &revoke, None).await,
            fault(400, code, "")
        );
        let error = story.error("POST", &format!("{path}/x/revoke"), None).await;
        assert_eq!(error, fault(404, "resource_not_found", ""));
    }
}

#[tokio::test]
async fn links_are_for_users_only() {
    let story = Story::begin().await;
    let user_id = story.user("a@b.cd").await;
    for (path, body, expected) in [
        (
            "/sign_in_tokens",
            json!({ "user_id": "user_1" }),
            fault(404, "resource_not_found", ""),
        ),
        (
            "/sign_in_tokens",
            json!({ "user_id": user_id, "org_id": "org_1" }),
            fault(403, "not_a_member_in_organization", ""),
        ),
        (
            "/actor_tokens",
            json!({ "user_id": "user_1", "actor": { "sub": "x" } }),
            fault(422, "form_resource_not_found", "user_id"),
        ),
    ] {
        let error = story.error("POST", path, Some(body)).await;
        assert_eq!(error, expected);
    }
}

#[tokio::test]
async fn an_agent_has_the_same_id_for_each_task() {
    let story = Story::begin().await;
    let user_id = story.user("a@b.cd").await;
    let body = |subject| {
        json!({
            "agent_name": "Agent", "on_behalf_of": subject, "permissions": "*",
            "redirect_url": "https://example.com", "task_description": "Do it.",
        })
    };
    let one = story
        .post("/agents/tasks", body(json!({ "user_id": user_id })))
        .await;
    let other = json!({ "identifier": "A@B.CD" });
    let other = story.post("/agents/tasks", body(other)).await;
    assert_eq!(one["agent_id"], other["agent_id"]);
    assert_ne!(one["agent_task_id"], other["agent_task_id"]);
    let revoke = format!(
        "/agents/tasks/{}/revoke",
        one["agent_task_id"].as_str().unwrap_or_default()
    );
    story.post(&revoke, json!({})).await;
    let error = story.error("POST", &revoke, None).await;
    assert_eq!(error, fault(400, "agent_task_cannot_be_revoked", ""));
    let error = story.error("POST", "/agents/tasks/x/revoke", None).await;
    assert_eq!(error, fault(404, "agent_task_not_found", ""));
    for (subject, expected) in [
        (
            json!({}),
            fault(422, "form_param_value_invalid", "on_behalf_of"),
        ),
        (
            json!({ "user_id": user_id, "identifier": "a@b.cd" }),
            fault(422, "form_param_value_invalid", "on_behalf_of"),
        ),
        (
            json!({ "user_id": "user_1" }),
            fault(404, "resource_not_found", ""),
        ),
        (
            json!({ "identifier": "x@y.zz" }),
            fault(404, "resource_not_found", ""),
        ),
    ] {
        let error = story
            .error("POST", "/agents/tasks", Some(body(subject)))
            .await;
        assert_eq!(error, expected);
    }
}

#[tokio::test]
async fn a_testing_token_has_its_time() {
    let story = Story::begin().await;
    let token = story.post("/testing_tokens", json!({})).await;
    let text = token["token"].as_str().unwrap_or_default();
    let (seconds, random) = text.split_once("-c_").expect("two parts");
    let seconds: i64 = seconds.parse().expect("a number");
    assert_eq!(random.len(), 27);
    assert_eq!(token["expires_at"], json!(seconds + 3600));
}
