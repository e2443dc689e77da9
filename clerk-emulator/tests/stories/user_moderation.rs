//! Banning and locking users.

use serde_json::{Value, json};

use crate::support::{Story, fault, id, ids};

#[tokio::test]
async fn a_ban_revokes_the_sessions() {
    let story = Story::begin().await;
    let user_id = story.user("a@b.cd").await;
    let session = story.post("/sessions", json!({ "user_id": user_id })).await;
    let before = story.event_kinds().len();
    let banned = story
        .post(&format!("/users/{user_id}/ban"), json!({}))
        .await;
    assert_eq!(banned["banned"], true);
    assert_eq!(
        story.event_kinds()[before..],
        ["session.revoked", "user.updated"]
    );
    let session = story.get(&format!("/sessions/{}", id(&session))).await;
    assert_eq!(session["status"], "revoked");
    let error = story
        .error("POST", "/sessions", Some(json!({ "user_id": user_id })))
        .await;
    assert_eq!(error, fault(403, "user_banned", ""));
    let unbanned = story
        .post(&format!("/users/{user_id}/unban"), json!({}))
        .await;
    assert_eq!(unbanned["banned"], false);
}

#[tokio::test]
async fn several_users_are_banned_or_none() {
    let story = Story::begin().await;
    let [one, other] = [story.user("a@b.cd").await, story.user("c@d.ef").await];
    let body = json!({ "user_ids": [one, "user_1"] });
    let error = story.error("POST", "/users/ban", Some(body)).await;
    assert_eq!(error, fault(404, "resource_not_found", ""));
    assert_eq!(story.get(&format!("/users/{one}")).await["banned"], false);
    let body = json!({ "user_ids": [one, other] });
    let banned = story.post("/users/ban", body.clone()).await;
    assert_eq!(ids(&banned), [one, other]);
    assert!(
        banned
            .as_array()
            .into_iter()
            .flatten()
            .all(|it| it["banned"] == true)
    );
    let unbanned = story.post("/users/unban", body).await;
    assert_eq!(unbanned[1]["banned"], false);
    for user_ids in [json!([]), json!(vec!["user_1"; 51])] {
        let body = json!({ "user_ids": user_ids });
        let error = story.error("POST", "/users/ban", Some(body)).await;
        let expected = fault(422, "form_param_array_size_exceeded", "user_ids");
        assert_eq!(error, expected);
    }
}

#[tokio::test]
async fn a_lock_ends_after_an_hour_or_by_unlocking() {
    let story = Story::begin().await;
    let user_id = story.user("a@b.cd").await;
    let lock = format!("/users/{user_id}/lock");
    let locked = story.post(&lock, json!({})).await;
    assert_eq!(locked["locked"], true);
    assert_eq!(locked["verification_attempts_remaining"], 0);
    assert!(locked["lockout_expires_in_seconds"].as_i64() > Some(3500));
    let unlocked = story
        .post(&format!("/users/{user_id}/unlock"), json!({}))
        .await;
    assert_eq!(unlocked["locked"], false);
    assert_eq!(unlocked["lockout_expires_in_seconds"], Value::Null);
    story.post(&lock, json!({})).await;
    story
        .emulator
        .advance_time(std::time::Duration::from_secs(3601));
    let user = story.get(&format!("/users/{user_id}")).await;
    assert_eq!(user["locked"], false);
    let body = json!({ "username": "locked", "locked": true, "banned": true });
    let created = story.post("/users", body).await;
    assert_eq!(
        (&created["locked"], &created["banned"]),
        (&json!(true), &json!(true))
    );
}
