//! OAuth applications and access tokens.

use std::time::Duration;

use serde_json::json;

use crate::support::{Story, fault, id, ids};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

#[tokio::test]
async fn an_application_is_created_changed_and_deleted() {
    let story = Story::begin().await;
    let path = "/oauth_applications";
    let body = json!({ "name": "One", "redirect_uris": ["myapp://a", "https://b"] });
    let created = story.post(path, body).await;
    assert_eq!(created["callback_url"], "myapp://a");
    assert_eq!(created["scopes"], "profile email");
    assert_eq!(created["consent_screen_enabled"], true);
    assert!(created["client_secret"].is_string());
    let own = format!("{path}/{}", id(&created));
    assert_eq!(story.get(&own).await.get("client_secret"), None);
    let rotated = story
        .ok("POST", &format!("{own}/rotate_secret"), None)
        .await;
    assert_ne!(rotated["client_secret"], created["client_secret"]);
    let updated = story
        .patch(&own, json!({ "public": true, "name": "Two" }))
        .await;
    assert_eq!(updated["pkce_required"], true);
    let uploaded = story
        .upload("PUT", &format!("{own}/logo"), "image/png", PNG)
        .await;
    assert!(uploaded.json["client_image_url"].is_string());
    story.delete(&own).await;
    assert_eq!(
        story.error("GET", &own, None).await,
        fault(404, "resource_not_found", "")
    );
}

#[tokio::test]
async fn invalid_applications_are_rejected() {
    let story = Story::begin().await;
    for (body, expected) in [
        (
            json!({ "name": "" }),
            fault(422, "form_param_value_invalid", "name"),
        ),
        (
            json!({ "name": "A", "scopes": "x" }),
            fault(422, "form_param_value_invalid", "scopes"),
        ),
        (
            json!({ "name": "A", "redirect_uris": ["/a"] }),
            fault(422, "form_param_format_invalid", "redirect_uris"),
        ),
        (
            json!({ "name": "A", "redirect_uris": ["a://b", "a://b"] }),
            fault(400, "duplicate_record", ""),
        ),
        (
            json!({ "name": "A", "public": true, "pkce_required": false }),
            fault(422, "form_public_client_requires_pkce", "pkce_required"),
        ),
    ] {
        let error = story
            .error("POST", "/oauth_applications", Some(body.clone()))
            .await;
        assert_eq!(error, expected, "{body}");
    }
}

#[tokio::test]
async fn applications_are_listed_oldest_first() {
    let story = Story::begin().await;
    let path = "/oauth_applications";
    let one = story.post(path, json!({ "name": "One" })).await;
    let two = story.post(path, json!({ "name": "Two" })).await;
    let client_id = two["client_id"].as_str().expect("a client id");
    for (query, expected) in [
        (String::new(), vec![id(&one), id(&two)]),
        ("order_by=-created_at".to_owned(), vec![id(&two), id(&one)]),
        ("name_query=ON".to_owned(), vec![id(&one)]),
        (format!("name_query={client_id}"), vec![id(&two)]),
    ] {
        let page = story.get(&format!("{path}?{query}")).await;
        assert_eq!(ids(&page), expected, "{query}");
        assert_eq!(page["total_count"], json!(expected.len()), "{query}");
    }
}

#[tokio::test]
async fn an_access_token_is_verified_and_revoked() {
    let story = Story::begin().await;
    let user = story.user("ann@example.com").await;
    let application = story
        .post("/oauth_applications", json!({ "name": "One" }))
        .await;
    let issue = || {
        story
            .emulator
            .issue_oauth_access_token(&id(&application), &user)
    };
    let token = issue().expect("both exist");
    assert_eq!(story.emulator.issue_oauth_access_token("oa_1", &user), None);
    let path = "/oauth_applications/access_tokens/verify";
    let verified = story.post(path, json!({ "access_token": token })).await;
    assert_eq!(verified["subject"], json!(user));
    assert_eq!(verified["scopes"], json!(["profile", "email"]));
    assert_eq!(verified["client_id"], application["client_id"]);
    let revoke = format!("/oauth_applications/{}/revoke_token", id(&application));
    story.post(&revoke, json!({ "token": token })).await;
    let inactive = json!({ "active": false });
    assert_eq!(
        story.post(path, json!({ "access_token": token })).await,
        inactive
    );
    let missing = fault(404, "resource_not_found", "");
    let error = story
        .error("POST", &revoke, Some(json!({ "token": "oat_1" })))
        .await;
    assert_eq!(error, missing);
    let error = story
        .error("POST", path, Some(json!({ "secret": "oat_1" })))
        .await;
    assert_eq!(error, missing);
    let error = story.error("POST", path, Some(json!({}))).await;
    assert_eq!(error, fault(400, "bad_request", ""));

    let token = issue().expect("both exist");
    story
        .emulator
        .advance_time(Duration::from_secs(25 * 60 * 60));
    assert_eq!(
        story.post(path, json!({ "access_token": token })).await,
        inactive
    );
    story
        .delete(&format!("/oauth_applications/{}", id(&application)))
        .await;
    let error = story
        .error("POST", path, Some(json!({ "access_token": token })))
        .await;
    assert_eq!(error, missing);
}

#[tokio::test]
async fn the_settings_can_make_access_tokens_jwts() {
    let story = Story::begin().await;
    let user = story.user("ann@example.com").await;
    let application = story
        .post("/oauth_applications", json!({ "name": "One" }))
        .await;
    let settings = json!({ "oauth_jwt_access_tokens": true });
    story
        .patch("/instance/oauth_application_settings", settings)
        .await;
    let token = story
        .emulator
        .issue_oauth_access_token(&id(&application), &user);
    let token = token.expect("both exist");
    assert_eq!(token.split('.').count(), 3);
    let path = "/oauth_applications/access_tokens/verify";
    let verified = story.post(path, json!({ "access_token": token })).await;
    assert_eq!(verified["subject"], json!(user));
    assert_eq!(verified["client_id"], application["client_id"]);
    assert_eq!(verified["scopes"], json!(["profile", "email"]));
    let revoke = format!("/oauth_applications/{}/revoke_token", id(&application));
    let error = story
        .error("POST", &revoke, Some(json!({ "token": token })))
        .await;
    assert_eq!(error, fault(404, "resource_not_found", ""));
    story
        .emulator
        .advance_time(Duration::from_secs(25 * 60 * 60));
    let inactive = json!({ "active": false });
    assert_eq!(
        story.post(path, json!({ "access_token": token })).await,
        inactive
    );
}
