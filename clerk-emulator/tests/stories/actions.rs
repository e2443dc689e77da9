//! The control routes for what people do in the application, and what their browsers have.

use serde_json::json;

use crate::control::control;
use crate::support::{Story, fault};

#[tokio::test]
async fn people_and_browsers_act() {
    let story = Story::begin().await;
    let body = json!({ "email_address": "bob@example.com" });
    let invitation = story.post("/invitations", body).await;
    let body = json!({ "invitation_id": invitation["id"] });
    let accepted = control(&story, "POST", "accept_invitation", body).await;
    let user_id = accepted["user_id"].as_str().expect("an id").to_owned();
    let session = story.post("/sessions", json!({ "user_id": user_id })).await;
    let body = json!({ "session_id": session["id"] });
    let refresh = control(&story, "POST", "refresh_token", body.clone()).await;
    assert!(refresh["refresh_token"].is_string());
    let token = json!({ "user_id": user_id, "claims": { "plan": "pro" } });
    let token = control(&story, "POST", "session_token", token).await;
    assert_eq!(
        token["jwt"].as_str().map(|it| it.matches('.').count()),
        Some(2)
    );
    let ended = control(&story, "POST", "end_session", body).await;
    assert_eq!(ended["ended"], true);

    let (organization_id, _) = story.organization("acme").await;
    let body = json!({ "email_address": "bob@example.com", "role": "org:member" });
    let path = format!("/organizations/{organization_id}/invitations");
    let invitation = story.post(&path, body).await;
    let body = json!({ "invitation_id": invitation["id"], "user_id": user_id });
    let accepted = control(&story, "POST", "accept_organization_invitation", body).await;
    assert_eq!(accepted["accepted"], true);

    let application = story
        .post("/oauth_applications", json!({ "name": "App" }))
        .await;
    let body = json!({ "oauth_application_id": application["id"], "user_id": user_id });
    let issued = control(&story, "POST", "issue_oauth_access_token", body).await;
    assert!(issued["token"].is_string());
    let body = json!({ "resource": "passkey", "user_id": user_id, "name": "Laptop" });
    let passkey = control(&story, "POST", "records", body).await;
    let user = story.get(&format!("/users/{user_id}")).await;
    assert_eq!(user["passkeys"][0]["id"], passkey["id"]);
}

#[tokio::test]
async fn a_user_subscribes_to_a_plan() {
    let story = Story::begin().await;
    let plan = json!({ "resource": "commerce_plan", "slug": "pro", "for_payer_type": "user", "amount": 1000 });
    control(&story, "POST", "records", plan).await;
    let user_id = story.user("ada@example.com").await;
    let body = json!({ "payer": user_id, "plan": "pro" });
    let subscribed = control(&story, "POST", "subscribe", body).await;
    assert!(subscribed["subscription_item_id"].is_string());
}

#[tokio::test]
async fn actions_without_what_they_name_are_refused() {
    let story = Story::begin().await;
    let refused = fault(409, "control_request_refused", "");
    let invalid = fault(400, "control_request_invalid", "");
    for (route, names) in [
        ("accept_invitation", &["invitation_id"][..]),
        (
            "issue_oauth_access_token",
            &["oauth_application_id", "user_id"],
        ),
        ("refresh_token", &["session_id"]),
        ("subscribe", &["payer", "plan"]),
    ] {
        let with = |value: &serde_json::Value| {
            let members = names.iter().map(|it| ((*it).to_owned(), value.clone()));
            members.collect::<serde_json::Map<_, _>>()
        };
        let unknown = story
            .control("POST", route, Some(with(&json!("x")).into()))
            .await;
        assert_eq!(unknown.error(), refused, "{route}");
        let number = story
            .control("POST", route, Some(with(&json!(7)).into()))
            .await;
        assert_eq!(number.error(), invalid, "{route}");
        let mut misspelt = with(&json!("x"));
        misspelt.insert("other".to_owned(), json!("x"));
        let misspelt = story.control("POST", route, Some(misspelt.into())).await;
        assert_eq!(misspelt.error(), invalid, "{route}");
    }
}
