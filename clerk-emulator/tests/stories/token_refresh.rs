//! Refreshing sessions.

use std::time::Duration;

use clerk_emulator::InstanceOptions;
use serde_json::{Value, json};

use crate::support::{Story, fault, id};
use crate::tokens::verified;

/// A story of a user with a session and the body that refreshes it.
async fn begin() -> (Story, String, Value) {
    let story = Story::begin().await;
    let user_id = story.user("a@b.cd").await;
    let session = story.post("/sessions", json!({ "user_id": user_id })).await;
    let token = story.emulator.session_token(&user_id);
    let refresh_token = story.emulator.refresh_token(&id(&session));
    let body = json!({
        "expired_token": token, "refresh_token": refresh_token,
        "request_origin": "http://localhost:3000",
    });
    (story, id(&session), body)
}

#[tokio::test]
async fn a_session_is_refreshed_after_its_token_has_expired() {
    let (story, session_id, mut body) = begin().await;
    story.emulator.advance_time(Duration::from_secs(120));
    let path = format!("/sessions/{session_id}/refresh");
    let token = story.post(&path, body.clone()).await;
    let (_, claims) = verified(&story, token["jwt"].as_str().unwrap_or_default()).await;
    assert_eq!(claims["sid"], json!(session_id));
    assert_eq!(claims["azp"], "http://localhost:3000");
    assert_eq!(claims["fva"], json!([2, -1]));
    let error = story.error("POST", &path, Some(body.clone())).await;
    let code = "session_refresh_expired_session_token_consumed";
    assert_eq!(error, fault(401, code, ""));
    body["expired_token"] = token["jwt"].clone();
    body["format"] = json!("cookie");
    let cookies = story.post(&path, body).await;
    let cookie = cookies["cookies"][0].as_str().unwrap_or_default();
    assert!(cookie.starts_with("__session="), "{cookie}");
}

#[tokio::test]
async fn each_reason_for_a_refusal_has_a_code() {
    let (story, session_id, body) = begin().await;
    let user_id = story.get(&format!("/sessions/{session_id}")).await["user_id"].clone();
    let user_id = user_id.as_str().unwrap_or_default().to_owned();
    let other = story.user("c@d.ef").await;
    story.post("/sessions", json!({ "user_id": other })).await;
    let token_without = |name: &str| {
        let claims = json!({ name: null });
        json!(story.emulator.session_token_with_claims(&user_id, claims))
    };
    let path = format!("/sessions/{session_id}/refresh");
    for (name, value, code) in [
        ("expired_token", json!("x"), "expired_session_token_invalid"),
        (
            "expired_token",
            token_without("sid"),
            "expired_session_token_missing_sid",
        ),
        (
            "expired_token",
            token_without("azp"),
            "expired_session_token_missing_azp",
        ),
        (
            "expired_token",
            token_without("iat"),
            "session_refresh_expired_session_token_missing_iat",
        ),
        (
            "expired_token",
            json!(story.emulator.session_token(&other)),
            "refresh_sid_mismatch",
        ),
        (
            "request_origin",
            json!("localhost"),
            "refresh_request_origin_invalid",
        ),
        (
            "request_origin",
            json!("https://other.example"),
            "refresh_request_origin_azp_mismatch",
        ),
        ("refresh_token", json!("x"), "refresh_token_not_found"),
    ] {
        let mut body = body.clone();
        body[name] = value;
        let error = story.error("POST", &path, Some(body)).await;
        assert_eq!(error, fault(401, code, ""));
    }
    let error = story
        .error("POST", "/sessions/sess_1/refresh", Some(body.clone()))
        .await;
    assert_eq!(error, fault(401, "session_refresh_session_not_found", ""));
    story
        .post(&format!("/sessions/{session_id}/revoke"), json!({}))
        .await;
    let error = story.error("POST", &path, Some(body)).await;
    assert_eq!(error, fault(401, "session_refresh_inactive_session", ""));
}

#[tokio::test]
async fn a_pending_session_is_refreshed() {
    let (story, session_id, body) = begin().await;
    story.emulator.set_options(InstanceOptions {
        force_organization_selection: true,
        ..InstanceOptions::default()
    });
    let path = format!("/sessions/{session_id}/refresh");
    let token = story.post(&path, body).await;
    let (_, claims) = verified(&story, token["jwt"].as_str().unwrap_or_default()).await;
    assert_eq!(claims["sts"], "pending");
}
