//! Sessions and clients.

use std::time::Duration;

use clerk_emulator::InstanceOptions;
use serde_json::{Value, json};

use crate::support::{Story, fault, id, ids};
use crate::tokens::verified;

#[tokio::test]
async fn a_session_has_a_client_and_is_listed() {
    let story = Story::begin().await;
    let user_id = story.user("a@b.cd").await;
    let session = story.post("/sessions", json!({ "user_id": user_id })).await;
    assert_eq!(session["status"], "active");
    assert_eq!(session["user_id"], json!(user_id));
    assert_eq!(session["last_active_organization_id"], Value::Null);
    let lifetime = session["expire_at"].as_i64().unwrap_or_default()
        - session["created_at"].as_i64().unwrap_or_default();
    assert_eq!(lifetime, 7 * 24 * 3600 * 1000);
    assert_eq!(story.event_kinds(), ["user.created", "session.created"]);
    let user = story.get(&format!("/users/{user_id}")).await;
    assert_eq!(user["last_sign_in_at"], session["created_at"]);

    let client_id = session["client_id"].as_str().unwrap_or_default();
    let client = story.get(&format!("/clients/{client_id}")).await;
    assert_eq!(client["sessions"], json!([session]));
    assert_eq!(client["session_ids"], json!([session["id"]]));
    assert_eq!(client["last_active_session_id"], session["id"]);
    assert_eq!(story.get("/clients").await, json!([client]));

    let other = story.user("c@d.ef").await;
    story.post("/sessions", json!({ "user_id": other })).await;
    for query in [
        format!("user_id={user_id}"),
        format!("client_id={client_id}"),
        format!("user_id={user_id}&status=active"),
    ] {
        let list = story.get(&format!("/sessions?{query}")).await;
        assert_eq!(ids(&list), [id(&session)], "{query}");
    }
    let list = story
        .get(&format!(
            "/sessions?user_id={user_id}&status=revoked&paginated=true"
        ))
        .await;
    assert_eq!(list, json!({ "data": [], "total_count": 0 }));
}

#[tokio::test]
async fn a_session_is_revoked_once() {
    let story = Story::begin().await;
    let user_id = story.user("a@b.cd").await;
    let session = story.post("/sessions", json!({ "user_id": user_id })).await;
    let revoke = format!("/sessions/{}/revoke", id(&session));
    let revoked = story.post(&revoke, json!({})).await;
    assert_eq!(revoked["status"], "revoked");
    assert_eq!(story.event_kinds().last(), Some(&"session.revoked"));
    let error = story.error("POST", &revoke, None).await;
    assert_eq!(error, fault(400, "invalid_action_for_session", ""));
    let client_id = session["client_id"].as_str().unwrap_or_default();
    let client = story.get(&format!("/clients/{client_id}")).await;
    assert_eq!(client["last_active_session_id"], Value::Null);
}

#[tokio::test]
async fn a_session_ends_once() {
    let story = Story::begin().await;
    let user_id = story.user("a@b.cd").await;
    let session = id(&story.post("/sessions", json!({ "user_id": user_id })).await);
    assert!(story.emulator.end_session(&session));
    assert_eq!(story.event_kinds().last(), Some(&"session.ended"));
    let ended = story.get(&format!("/sessions/{session}")).await;
    assert_eq!(ended["status"], "ended");
    assert!(!story.emulator.end_session(&session));
    assert!(!story.emulator.end_session("sess_1"));
}

#[tokio::test]
async fn a_session_expires() {
    let story = Story::begin().await;
    let user_id = story.user("a@b.cd").await;
    let session = story.post("/sessions", json!({ "user_id": user_id })).await;
    story
        .emulator
        .advance_time(Duration::from_secs(7 * 24 * 3600));
    let path = format!("/sessions/{}", id(&session));
    assert_eq!(story.get(&path).await["status"], "expired");
    let error = story.error("POST", &format!("{path}/tokens"), None).await;
    assert_eq!(error, fault(401, "authentication_invalid", ""));
}

#[tokio::test]
async fn unknown_users_and_organizations_have_no_sessions() {
    let story = Story::begin().await;
    let user_id = story.user("a@b.cd").await;
    let error = story.error("GET", "/sessions", None).await;
    assert_eq!(error, fault(422, "form_param_missing", "user_id"));
    let not_found = fault(404, "resource_not_found", "");
    for path in ["/sessions/sess_1", "/clients/client_1"] {
        assert_eq!(story.error("GET", path, None).await, not_found);
    }
    let body = json!({ "user_id": "user_1" });
    assert_eq!(
        story.error("POST", "/sessions", Some(body)).await,
        not_found
    );
    let body = json!({ "user_id": user_id, "active_organization_id": "org_1" });
    let error = story.error("POST", "/sessions", Some(body)).await;
    let code = "organization_not_found_or_unauthorized";
    assert_eq!(error, fault(404, code, ""));
}

#[tokio::test]
async fn the_token_of_a_client_is_verified() {
    let story = Story::begin().await;
    let user_id = story.user("a@b.cd").await;
    let session = story.post("/sessions", json!({ "user_id": user_id })).await;
    let token = |id: &Value| {
        let claims = json!({ "id": id });
        let token = story.emulator.session_token_with_claims(&user_id, claims);
        json!({ "token": token })
    };
    let client = story
        .post("/clients/verify", token(&session["client_id"]))
        .await;
    assert_eq!(client["id"], session["client_id"]);
    for (body, expected) in [
        (
            token(&json!("client_1")),
            fault(404, "resource_not_found", ""),
        ),
        (token(&Value::Null), fault(400, "cookie_invalid", "")),
        (json!({ "token": "x" }), fault(400, "cookie_invalid", "")),
    ] {
        let error = story.error("POST", "/clients/verify", Some(body)).await;
        assert_eq!(error, expected);
    }
}

#[tokio::test]
async fn a_session_is_pending_until_its_user_has_chosen_an_organization() {
    let story = Story::begin().await;
    story.emulator.set_options(InstanceOptions {
        force_organization_selection: true,
        ..InstanceOptions::default()
    });
    let user_id = story.user("a@b.cd").await;
    let session = story.post("/sessions", json!({ "user_id": user_id })).await;
    assert_eq!(session["status"], "pending");
    assert_eq!(session["tasks"], json!([{ "key": "choose-organization" }]));
    assert_eq!(story.event_kinds().last(), Some(&"session.pending"));
    let path = format!("/sessions/{}", id(&session));
    let active = format!("/sessions?user_id={user_id}&status=active");
    assert_eq!(story.get(&active).await, json!([]));
    let token = story.post(&format!("{path}/tokens"), json!({})).await;
    let claims = |token: &Value| token["jwt"].as_str().unwrap_or_default().to_owned();
    assert_eq!(verified(&story, &claims(&token)).await.1["sts"], "pending");
    let (_, of_browser) = verified(&story, &story.emulator.session_token(&user_id)).await;
    assert_eq!(
        (&of_browser["sts"], &of_browser["sid"]),
        (&json!("pending"), &session["id"])
    );

    // Other organizations cannot be chosen.
    let (other, _) = story.organization("other").await;
    let set = |id: &str, organization: Option<&str>| {
        story.emulator.set_active_organization(id, organization)
    };
    assert!(!set(&id(&session), Some(&other)));
    let body = json!({ "name": "Own", "created_by": user_id });
    let own = id(&story.post("/organizations", body).await);
    assert_eq!(story.get(&path).await["status"], "pending");
    assert!(set(&id(&session), Some(&own)));
    let chosen = story.get(&path).await;
    assert_eq!(
        (&chosen["status"], &chosen["tasks"]),
        (&json!("active"), &Value::Null)
    );
    let token = story.post(&format!("{path}/tokens"), json!({})).await;
    let (_, claims) = verified(&story, &claims(&token)).await;
    assert_eq!(
        (&claims["sts"], &claims["o"]["id"]),
        (&json!("active"), &json!(own))
    );

    let body = json!({ "session_id": id(&session) });
    let answer = story
        .control("POST", "set_active_organization", Some(body))
        .await;
    assert_eq!(answer.json, json!({ "is_set": true }));
    assert_eq!(story.get(&path).await["status"], "pending");
    let revoked = story.post(&format!("{path}/revoke"), json!({})).await;
    assert_eq!(revoked["status"], "revoked");
    assert!(!set(&id(&session), Some(&own)));
}
